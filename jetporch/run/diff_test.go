package run_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/jetporch/run"
)

func TestADiffIsNotShownWhereAFolderOrTheSourceIsPrivate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, private string
		mode          os.FileMode
		src, dest     string
		shown         bool
	}{
		{"open", "none", 0o755, "/src", "/a/b/conf", true},
		{"the folder", "a/b", 0o700, "/src", "/a/b/conf", false},
		{"a folder above", "a", 0o750, "/src", "/a/b/conf", false},
		{"a folder that may be entered but not listed", "a/b", 0o711, "/src", "/a/b/conf", true},
		{"a new file", "a", 0o750, "/src", "/a/b/new", false},
		{"a new file in the open", "none", 0o755, "/src", "/a/b/new", true},
		{"behind a link", "a/b", 0o700, "/src", "/link", false},
		{"a folder behind a link", "a/b", 0o700, "/src", "/folder/conf", false},
		{"a link in a private folder", "closed", 0o700, "/src", "/closed/link", false},
		{"a folder that is not there", "none", 0o755, "/src", "/made/conf", false},
		{"the source", "src", 0o600, "/src", "/a/b/conf", false},
		{"the folder of the source", "closed", 0o700, "/closed/src", "/a/b/conf", false},
	} {
		root := t.TempDir()
		fill(t, root, map[string]string{"none/": "", "a/b/conf": "old\n", "src": "new\n", "closed/src": "new\n", "open/conf": "old\n"})
		for name, target := range map[string]string{"link": "a/b/conf", "folder": "a/b", "closed/link": "/open/conf"} {
			if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(filepath.Join(root, c.private), c.mode); err != nil {
			t.Fatal(err)
		}
		// The first task makes the check believe that folders are to come.
		tasks := "  - !file\n    path: /first\n  - !copy\n    src: " + c.src + "\n    dest: " + c.dest + "\n"
		var got run.Event
		if _, err := events(t, t.Context(), head+tasks, run.Options{Root: root, Check: true}, func(e run.Event) { got = e }); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		if got.Status != run.Changed || strings.HasSuffix(got.Diff, "+new\n") != c.shown || !c.shown && got.Diff != "" {
			t.Errorf("%s: got %s %q", c.what, got.Status, got.Diff)
		}
	}
}

func TestADiffOnTheMachineItselfCountsEveryFolderUpToItsRoot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() // below a folder that is closed to others
	fill(t, dir, map[string]string{"conf": "old\n", "src": "new\n"})
	tasks := "  - !copy\n    src: " + dir + "/src\n    dest: " + dir + "/conf\n"
	for _, open := range []bool{false, true} {
		if open {
			if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
				t.Fatal(err)
			}
		}
		out, _, err := start(t, t.Context(), head+tasks, run.Options{Check: true})
		if err != nil || strings.Contains(out, "new") != open || strings.Contains(out, "old") != open {
			t.Errorf("open %v: got %s%v", open, out, err)
		}
	}
}
