package sup_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluicehq/sluice/sup"
)

func TestASourceThatHoldsMoreThanFilesIsRefused(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]fs.FileMode{"link": fs.ModeSymlink, "fifo": fs.ModeNamedPipe, "disk": fs.ModeDevice, "socket": fs.ModeSocket} {
		files := fstest.MapFS{"bin/tool": {}, name: {Mode: mode}}
		var out bytes.Buffer
		err := sup.Build(&out, testManifest(), files, sup.NewSigner(testKey(1)))
		if err == nil || err.Error() != "package refused: member "+name+": it is no regular file; packages hold no links or devices" || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, out.Len())
		}
	}
}

func TestWhatWouldBeRefusedIsNotBuilt(t *testing.T) {
	t.Parallel()
	for _, change := range []func(*sup.Manifest){
		func(m *sup.Manifest) { m.Name = "" },
		func(m *sup.Manifest) { m.ReleaseCounter = 0 },
		func(m *sup.Manifest) { m.Actions = nil },
		func(m *sup.Manifest) { m.Actions[0].Params = []byte(`{"source":"bin/tool"}`) },
		func(m *sup.Manifest) { m.Actions[0].Params = []byte(`{"source":`) },
		func(m *sup.Manifest) { m.Description = "\xff" },
		func(m *sup.Manifest) { m.Compatibility.Models = []string{"\xff"} },
	} {
		m := testManifest()
		change(&m)
		var out bytes.Buffer
		if err := sup.Build(&out, m, testFiles(), sup.NewSigner(testKey(1))); err == nil || out.Len() > 0 {
			t.Errorf("built: %+v, %v", m, err)
		}
	}
}

func TestParametersAreBuiltInCanonicalForm(t *testing.T) {
	t.Parallel()
	m := testManifest()
	m.Actions[0].Params = []byte(` { "path": "/opt/tool", "mode": "0755", "owner": "", "source": "bin/tool" } `)
	m.Actions[1] = sup.Action{Type: "runtime.start", Params: []byte(`{}`)}
	got, err := sup.Verify(bytes.NewReader(build(t, m, testFiles(), 1)), trust(1, 1))
	if err != nil {
		t.Fatal(err)
	}
	if p := string(got.Actions[0].Params); p != `{"source":"bin/tool","path":"/opt/tool","mode":"0755"}` {
		t.Errorf("got %s", p)
	}
	if got.Actions[1].Params != nil {
		t.Errorf("empty parameters are written: %s", got.Actions[1].Params)
	}
}

// growing is a file that another program writes to while the build reads it.
type growing struct {
	fs.FS
	opened int
}

func (g *growing) Open(name string) (fs.File, error) {
	if g.opened++; strings.HasSuffix(name, "tool") {
		return fstest.MapFS{name: {Data: []byte(strings.Repeat("x", 100) + string(rune('a'+g.opened)))}}.Open(name)
	}
	return g.FS.Open(name)
}

func TestAFileThatChangesDuringTheBuildIsNoticed(t *testing.T) {
	t.Parallel()
	err := sup.Build(io.Discard, testManifest(), &growing{FS: testFiles()}, sup.NewSigner(testKey(1)))
	if err == nil || err.Error() != "cannot build package: member bin/tool changed while the package was built; build it again" {
		t.Error(err)
	}
}

func TestASecondSignatureMeetsAThresholdOfTwo(t *testing.T) {
	t.Parallel()
	pkg := build(t, testManifest(), testFiles(), 1)
	var both, again bytes.Buffer
	if _, err := sup.Sign(bytes.NewReader(pkg), &both, sup.NewSigner(testKey(2))); err != nil {
		t.Fatal(err)
	}
	if got := outcome(both.Bytes(), trust(2, 1, 2)); got != "good" {
		t.Error(got)
	}
	if _, err := sup.Sign(bytes.NewReader(both.Bytes()), &again, sup.NewSigner(testKey(1))); err != nil || !bytes.Equal(again.Bytes(), both.Bytes()) {
		t.Errorf("signing twice with one key changed the package: %v", err)
	}
}

func TestNoSignatureIsPutUnderAPackageThatDoesNotMatch(t *testing.T) {
	t.Parallel()
	for name, v := range vectors(t) {
		if v.expect == "good" || strings.Contains(v.expect, "signature") || strings.Contains(v.expect, "threshold") || strings.Contains(v.expect, "trusted") {
			continue
		}
		if _, err := sup.Sign(bytes.NewReader(v.pkg), io.Discard, sup.NewSigner(testKey(2))); err == nil {
			t.Errorf("%s was signed", name)
		}
	}
}

// full is a disk with room for n more bytes.
type full struct{ n int }

var errFull = errors.New("no space left on device")

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.n {
		return 0, errFull
	}
	f.n -= len(p)
	return len(p), nil
}

func TestAFullDiskIsNoFaultOfThePackage(t *testing.T) {
	t.Parallel()
	pkg := build(t, testManifest(), testFiles(), 1)
	for room := 0; room < len(pkg); room += 64 {
		_, err := sup.Sign(bytes.NewReader(pkg), &full{room}, sup.NewSigner(testKey(1)))
		if refusal := (*sup.Error)(nil); !errors.Is(err, errFull) || errors.As(err, &refusal) {
			t.Errorf("sign, room for %d bytes: %v", room, err)
		}
		if err := sup.Build(&full{room}, testManifest(), testFiles(), sup.NewSigner(testKey(1))); !errors.Is(err, errFull) {
			t.Errorf("build, room for %d bytes: %v", room, err)
		}
	}
}

func TestUnpackStaysBelowItsFolder(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "bin")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, err := sup.Unpack(bytes.NewReader(build(t, testManifest(), testFiles(), 1)), trust(1, 1), root); err == nil {
		t.Error("it unpacked through a link")
	}
	if left, _ := os.ReadDir(outside); len(left) > 0 {
		t.Errorf("it wrote %v outside", left)
	}
}

func TestABadMemberIsNotLeftBehind(t *testing.T) {
	t.Parallel()
	f := forge(t, goodPayload(t), 1)
	f.members[2].body = bytes.Repeat([]byte("x"), 512)
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, err := sup.Unpack(bytes.NewReader(f.bytes()), trust(1, 1), root); err == nil {
		t.Fatal("it was taken")
	}
	if _, err := os.Lstat(filepath.Join(dir, "notes.md")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the bad member is there: %v", err)
	}
}

func TestInspectShowsWhatIsClaimedAndWhetherItMatches(t *testing.T) {
	t.Parallel()
	f := forge(t, goodPayload(t), 3)
	seen, err := sup.Inspect(bytes.NewReader(f.bytes()))
	if err != nil || seen.Problem != "" || seen.Manifest.Name != "vector" || len(seen.KeyIDs) != 1 || seen.KeyIDs[0] != sup.Fingerprint(public(3)) {
		t.Errorf("%+v, %v", seen, err)
	}
	f.members = f.members[:2]
	seen, err = sup.Inspect(bytes.NewReader(f.bytes()))
	if err != nil || seen.Problem != "package refused: member notes.md: it is listed in the manifest and missing from the package" {
		t.Errorf("%+v, %v", seen, err)
	}
}

func TestTrustInHalfAKeyIsAnError(t *testing.T) {
	t.Parallel()
	half := sup.Trust{Keys: []ed25519.PublicKey{public(1)[:16]}, Threshold: 1}
	if got := outcome(build(t, testManifest(), testFiles(), 1), half); got != "cannot verify: trusted key 1 has 16 bytes instead of 32" {
		t.Error(got)
	}
}
