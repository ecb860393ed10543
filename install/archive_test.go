package install

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// tarOf makes an archive of pairs of name and content, regular files of mode 0644.
func tarOf(t *testing.T, pairs ...string) string {
	t.Helper()
	var headers []tar.Header
	for i := 0; i < len(pairs); i += 2 {
		headers = append(headers, tar.Header{Name: pairs[i], Mode: 0o644, Typeflag: tar.TypeReg, Size: int64(len(pairs[i+1]))})
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := range headers {
		check(t, w.WriteHeader(&headers[i]))
		_, err := w.Write([]byte(pairs[2*i+1]))
		check(t, err)
	}
	check(t, w.Close())
	return b.String()
}

func gzipped(t *testing.T, data string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(data))
	check(t, err)
	check(t, w.Close())
	return b.String()
}

func zstded(t *testing.T, data string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b)
	check(t, err)
	_, err = w.Write([]byte(data))
	check(t, err)
	check(t, w.Close())
	return b.String()
}

// tarWith makes an archive of one header and as many bytes as it says.
func tarWith(t *testing.T, headers ...tar.Header) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := range headers {
		check(t, w.WriteHeader(&headers[i]))
		_, err := w.Write(make([]byte, headers[i].Size))
		check(t, err)
	}
	check(t, w.Close())
	return b.String()
}

func TestAHostileArchiveWritesNothingAndSaysWhy(t *testing.T) {
	t.Parallel()
	file := func(name string, mode, size int64) tar.Header {
		return tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: mode, Size: size}
	}
	good := file("good", 0o644, 1)
	for _, c := range []struct {
		name, source, archive, params, want string
	}{
		{"parent", "a.tar", tarWith(t, good, file("../x", 0o644, 1)), "", "leads out of the directory"},
		{"absolute", "a.tar", tarWith(t, good, file("/x", 0o644, 1)), "", "leads out of the directory"},
		{"backslash", "a.tar", tarWith(t, good, file(`a\x`, 0o644, 1)), "", "leads out of the directory"},
		{"symlink", "a.tar", tarWith(t, good, tar.Header{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "/etc"}), "", "neither file nor directory"},
		{"hard link", "a.tar", tarWith(t, good, tar.Header{Name: "l", Typeflag: tar.TypeLink, Linkname: "good"}), "", "neither file nor directory"},
		{"device", "a.tar", tarWith(t, good, tar.Header{Name: "d", Typeflag: tar.TypeBlock}), "", "neither file nor directory"},
		{"pipe", "a.tar", tarWith(t, good, tar.Header{Name: "d", Typeflag: tar.TypeFifo}), "", "neither file nor directory"},
		{"setuid", "a.tar", tarWith(t, good, file("s", 0o4755, 1)), "", "setuid"},
		{"twice", "a.tar", tarWith(t, good, good), "", "there twice"},
		{"deep", "a.tar", tarWith(t, good, file(strings.Repeat("d/", 64)+"x", 0o644, 1)), "", "deeper than 64"},
		{"too big", "a.tar", tarWith(t, good, file("b", 0o644, 1000)), `,"max_bytes":1000`, "limit of 1000 bytes"},
		{"bomb", "a.tar.gz", gzipped(t, tarWith(t, good, file("b", 0o644, 40<<20))), "", "200 times its size"},
		{"cut off", "a.tar", tarWith(t, good, file("b", 0o644, 1000))[:1600], "", "cannot be read"},
		{"no gzip", "a.tar.gz", "nonsense", "", "not gzip"},
		{"no zstd", "a.tar.zst", "nonsense", "", "cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			old := d.snapshot()
			params := `{"source":"` + c.source + `","path":"/opt"` + c.params + `}`
			got := d.run(d.add(manifest(1, act("archive.extract", params)), files{c.source: c.archive}))
			if got.Result != job.Failed || !strings.Contains(got.Reason, c.want) {
				t.Errorf("%s (%s), want %q", got.Result, got.Reason, c.want)
			}
			sameTree(t, "tree", d.snapshot(), old)
		})
	}
}

func TestNoPathLeadsOutOfTheRoot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, target string }{
		{"up", "../../.."}, {"sideways", "../outside"}, {"around", "loop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			check(t, os.MkdirAll(filepath.Join(d.base, "outside"), 0o755))
			check(t, os.Symlink(c.target, filepath.Join(d.root, "loop")))
			for _, action := range []sup.Action{
				act("file.install", `{"source":"m","path":"/loop/x"}`),
				act("directory.create", `{"path":"/loop/x"}`),
				act("directory.create", `{"path":"/loop","mode":"0700"}`),
				act("archive.extract", `{"source":"a.tar","path":"/loop"}`),
				act("archive.extract", `{"source":"loop.tar","path":"/"}`),
				act("config.set", `{"path":"/loop/x.ini","values":{"a":"1"}}`),
			} {
				got := d.run(d.add(manifest(1, action), files{"m": "m", "a.tar": tarOf(t, "x", "y"), "loop.tar": tarWith(t, tar.Header{Name: "loop/", Typeflag: tar.TypeDir, Mode: 0o700})}))
				if got.Result != job.Failed {
					t.Errorf("%s: %s (%s)", action.Type, got.Result, got.Reason)
				}
			}
			if left, _ := os.ReadDir(filepath.Join(d.base, "outside")); len(left) > 0 {
				t.Errorf("written outside of the root: %v", left)
			}
		})
	}
}
