package bundle_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/bundle"
)

const (
	head = "name: line\nversion: 1.10\n"
	play = "- name: line\n  groups: [all]\n  tasks:\n    - !echo\n      msg: \"at {{ speed }}\"\n"
)

// packed is a .zip of the headers; the content is in the comment.
func packed(t *testing.T, headers ...*zip.FileHeader) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, h := range headers {
		content := h.Comment
		h.Comment, h.Method = "", zip.Deflate
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(h.Name, "/") {
			continue
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func file(name, content string) *zip.FileHeader { return &zip.FileHeader{Name: name, Comment: content} }

func special(name string, mode fs.FileMode) *zip.FileHeader {
	h := file(name, "target")
	h.SetMode(mode)
	return h
}

func TestABundleIsReadWithOrWithoutAFolderAroundIt(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "line-1.10/"} {
		b, err := bundle.Read(packed(t, file(in+"bundle.yaml", head+"playbook: site/main.yaml\nvariables: [{name: speed, type: integer}]\n"),
			file(in+"site/main.yaml", play), file(in+"roles/", ""), file(in+"roles/a/tasks/main.yml", "[]")))
		if err != nil {
			t.Fatal(err)
		}
		if m := b.Manifest; m.Name != "line" || m.Version != "1.10" || b.Playbook != "site/main.yaml" || string(m.Actions[0].Params) != `{"source":"site/main.yaml"}` {
			t.Errorf("got %+v", b)
		}
		var names []string
		err = fs.WalkDir(b.Files, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, name)
			}
			return err
		})
		if want := []string{"bundle.yaml", "roles/a/tasks/main.yml", "site/main.yaml"}; err != nil || !slices.Equal(names, want) {
			t.Errorf("got %v, %v", names, err)
		}
		if found, err := bundle.Lint(b.Files, b.Playbook, b.Manifest.Variables); err != nil || len(found) > 0 {
			t.Errorf("a declared variable is not known: %v, %v", found, err)
		}
		if found, err := bundle.Lint(b.Files, b.Playbook, nil); err != nil || len(found) != 1 || found[0].File != "site/main.yaml" || found[0].Pos.Line != 5 {
			t.Errorf("got %v, %v", found, err)
		}
	}
}

// What the tools of other systems put into a .zip: macOS its attributes, old
// .NET and PowerShell backslashes, bsdtar a dot in front.
func TestABundleIsTakenAsOtherSystemsPackIt(t *testing.T) {
	t.Parallel()
	for name, zipped := range map[string][]byte{
		"macOS": packed(t, file("line/", ""), file("line/bundle.yaml", head), file("line/playbook.yml", play), file("line/.DS_Store", "\x00"),
			file("line/.git/config", "x"), file("__MACOSX/", ""), file("__MACOSX/line/._bundle.yaml", "\x00"), file("__MACOSX/._line", "\x00"),
			special("line/.link", fs.ModeSymlink|0o777)),
		"PowerShell": packed(t, file(`line\bundle.yaml`, head), file(`line\playbook.yml`, play), file(`line\roles\`, "")),
		"bsdtar":     packed(t, file("./", ""), file("./bundle.yaml", head), file("./playbook.yml", play)),
	} {
		b, err := bundle.Read(zipped)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var names []string
		err = fs.WalkDir(b.Files, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, name)
			}
			return err
		})
		if want := []string{"bundle.yaml", "playbook.yml"}; err != nil || !slices.Equal(names, want) {
			t.Errorf("%s: got %v, %v", name, names, err)
		}
	}
}

func TestWhatIsNoBundleIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	good := []*zip.FileHeader{file("bundle.yaml", head), file("playbook.yml", play)}
	with := func(more ...*zip.FileHeader) []byte {
		var all []*zip.FileHeader
		for _, h := range append(slices.Clone(good), more...) {
			again := *h
			all = append(all, &again)
		}
		return packed(t, all...)
	}
	if _, err := bundle.Read(with()); err != nil {
		t.Fatal(err)
	}
	var many []*zip.FileHeader
	for i := range bundle.MaxFiles {
		many = append(many, file(fmt.Sprintf("f%d", i), ""))
	}
	broken := with()
	broken[len("PK\x03\x04")+50] ^= 0xff
	hostile := with(many...)
	hostile = append(hostile, bytes.Repeat([]byte("PK\x01\x02"), 20*bundle.MaxFiles)...)
	encrypted := with()
	for i := 0; i+10 < len(encrypted); i++ {
		if bytes.HasPrefix(encrypted[i:], []byte("PK\x01\x02")) {
			encrypted[i+8] |= 1
		}
	}
	zeros := strings.Repeat("\x00", bundle.MaxBytes/2)
	for _, row := range []struct {
		want string
		zip  []byte
	}{
		{`it is no .zip that can be read`, []byte("PK")},
		{`it has 33554433 bytes, more than the 33554432 allowed`, make([]byte, bundle.MaxBytes+1)},
		{`it has more than the 1000 files allowed`, with(many...)},
		{`it has more than the 1000 files allowed`, hostile},
		{`its files have more than the 33554432 bytes allowed`, with(file("a", zeros), file("b", zeros))},
		{`"link": it is no regular file; bundles hold no links or devices`, with(special("link", fs.ModeSymlink|0o777))},
		{`"null": it is no regular file`, with(special("null", fs.ModeDevice|0o666))},
		{`"/etc/passwd": its name is no plain path`, with(file("/etc/passwd", ""))},
		{`"a/../../b": its name is no plain path`, with(file("a/../../b", ""))},
		{`"..\\a": its name is no plain path`, with(file(`..\a`, ""))},
		{`"\\a": its name is no plain path`, with(file(`\a`, ""))},
		{`"C:\\a": its name is no plain path`, with(file(`C:\a`, ""))},
		{`"././a": its name is no plain path`, with(file("././a", ""))},
		{`its name has more than the 1024 bytes allowed`, with(file(strings.Repeat("a/", 512)+"a", ""))},
		{`"a/b" comes twice`, with(file(`a\b`, ""), file("a/b", ""))},
		{`"a" comes twice`, with(file("a", ""), file("a", ""))},
		{`"a" is a file and a folder`, with(file("a", ""), file("a/b", ""))},
		{`it is encrypted`, encrypted},
		{`"bundle.yaml": `, broken},
		{`there is no bundle.yaml at its root`, packed(t, file("playbook.yml", play))},
		{`it has no playbook.yml; name another`, packed(t, file("bundle.yaml", head))},
		{`the playbook "../x" is no file of the bundle`, packed(t, file("bundle.yaml", head+"playbook: ../x\n"))},
		{`bundle.yaml: line 3: unknown key actions`, packed(t, file("bundle.yaml", head+"actions: []\n"), file("playbook.yml", play))},
		{`bundle.yaml: line 3: x is not a whole number`, packed(t, file("bundle.yaml", head+"release_counter: x\n"), file("playbook.yml", play))},
		{`bundle.yaml: it is empty`, packed(t, file("bundle.yaml", ""), file("playbook.yml", play))},
	} {
		if _, err := bundle.Read(row.zip); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("got %v, want %q", err, row.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range map[string]string{"bundle.yaml": head, "playbook.yml": play} {
		h, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			f.Fatal(err)
		}
		if _, err := h.Write([]byte(content)); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := bundle.Read(text)
		if err != nil {
			return
		}
		if _, err := fs.Stat(b.Files, b.Playbook); err != nil {
			t.Errorf("the playbook is not there: %v", err)
		}
		_, _ = bundle.Lint(b.Files, b.Playbook, b.Manifest.Variables) // never a panic
	})
}
