package bundle_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluicehq/sluice/bundle"
	"github.com/sluicehq/sluice/sup"
)

func TestAFolderIsABundleWithinTheLimitsOfAZip(t *testing.T) {
	t.Parallel()
	good := func() fstest.MapFS {
		return fstest.MapFS{"bundle.yaml": {Data: []byte(head)}, "playbook.yml": {Data: []byte(play)}, ".git/config": {Data: []byte("x")},
			"__MACOSX/x": {}, ".link": {Mode: fs.ModeSymlink}}
	}
	b, err := bundle.Open(good())
	if err != nil || b.Validate() != nil || b.Manifest.Name != "line" {
		t.Fatalf("got %+v, %v", b, err)
	}
	if _, err := fs.Stat(b.Files, ".git"); err == nil {
		t.Error("what begins with a dot is in the bundle")
	}
	link, many, large := good(), good(), good()
	link["link"] = &fstest.MapFile{Mode: fs.ModeSymlink}
	for i := range bundle.MaxFiles {
		many[fmt.Sprintf("f%d", i)] = &fstest.MapFile{}
	}
	for _, name := range []string{"a", "b"} {
		large[name] = &fstest.MapFile{Data: make([]byte, bundle.MaxBytes/2)}
	}
	for want, dir := range map[string]fs.FS{
		"link is no regular file":                             link,
		"it has more than the 1000 files allowed":             many,
		"its files have more than the 33554432 bytes allowed": large,
		"there is no bundle.yaml at its root":                 fstest.MapFS{},
	} {
		if _, err := bundle.Open(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestTheFindingsOfAPackageEndWhereNobodyReadsOn(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	content := play + strings.Repeat("    - !echo\n      msg: \"{{ nobody }}\"\n", 300)
	var m sup.Manifest
	for i := range 20 {
		name := fmt.Sprintf("p%d.yml", i)
		if err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
		m.Actions = append(m.Actions, sup.Action{Type: "playbook.apply", Params: fmt.Appendf(nil, `{"source":%q}`, name)})
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if found, err := bundle.LintPackage(&m, &b); err != nil || len(found) < 500 || len(found) > 1000 {
		t.Errorf("got %d findings, %v", len(found), err)
	}
}
