package run_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sluicehq/sluice/internal/testprogram"
	"github.com/sluicehq/sluice/jetporch/run"
)

var update = flag.Bool("update", false, "write what happens into testdata/*.txtar anew")

func TestMain(m *testing.M) {
	syscall.Umask(0o022)
	flag.Parse()
	os.Exit(m.Run())
}

// Each archive is a machine and a playbook: book/ is the bundle, tree/ the
// files it works on, bin/ programs in front of the PATH. It is run three
// times: in check mode, which must change nothing ("check"), for good ("run",
// with the files afterwards in "after"), and once more ("again"), which must
// change nothing unless the archive says "always changes". When it says
// "sandbox", tree/ stands for the machine. "link: NAME TARGET" makes a link.
func TestPlaybooksDoWhatTheirArchiveSays(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no archives", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(a.Comment), "needs root") && os.Geteuid() != 0 {
				t.Skip("only root can act as other users")
			}
			if strings.Contains(string(a.Comment), "needs unshare") {
				if out, err := exec.Command("unshare", "-m", "true").CombinedOutput(); err != nil {
					t.Skipf("this machine allows no mount namespace: %v: %s", err, out)
				}
			}
			m := unpack(t, a)
			got := map[string]string{}
			before := m.listing(t)
			got["check"] = m.run(t, true)
			if now := m.listing(t); now != before {
				t.Errorf("check mode changed the machine:\n%s", now)
			}
			got["run"] = m.run(t, false)
			got["after"] = m.listing(t)
			got["again"] = m.run(t, false)
			if now := m.listing(t); now != got["after"] {
				t.Errorf("the second run changed the machine:\n%s", now)
			}
			if changed := strings.Contains("\n"+got["again"], "\nchanged"); changed != strings.Contains(string(a.Comment), "always changes") {
				t.Errorf("the second run says:\n%s", got["again"])
			}
			if *update {
				rewrite(t, path, a, got)
				return
			}
			for _, f := range a.Files {
				if want, ok := got[f.Name]; ok && want != string(f.Data) {
					t.Errorf("%s: got\n%swant\n%s", f.Name, want, f.Data)
				}
				delete(got, f.Name)
			}
			if len(got) > 0 {
				t.Errorf("the archive lacks what is expected of it")
			}
		})
	}
}

var sections = []string{"check", "run", "after", "again"}

func rewrite(t *testing.T, path string, a *txtar.Archive, got map[string]string) {
	t.Helper()
	a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return slices.Contains(sections, f.Name) })
	for _, name := range sections {
		a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(got[name])})
	}
	if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// machine is a folder that stands for a whole machine.
type machine struct {
	dir   string
	root  string // the sandbox, or ""
	path  string // PATH of the machine
	extra string
}

func unpack(t *testing.T, a *txtar.Archive) machine {
	t.Helper()
	m := machine{dir: t.TempDir()}
	m.path = filepath.Join(m.dir, "bin") + ":/usr/sbin:/usr/bin:/sbin:/bin"
	if strings.Contains(string(a.Comment), "sandbox") {
		m.root, m.path = filepath.Join(m.dir, "tree"), "/usr/sbin:/usr/bin:/sbin:/bin"
	}
	for _, dir := range []string{"book", "tree", "bin"} {
		if err := os.MkdirAll(filepath.Join(m.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range a.Files {
		if slices.Contains(sections, f.Name) {
			continue
		}
		path := filepath.Join(m.dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(f.Data), "$WORK", m.dir)
		if strings.HasPrefix(f.Name, "bin/") {
			testprogram.Write(t, path, text)
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// Everybody must be able to reach the machine, and to write where it is open.
	for dir, mode := range map[string]fs.FileMode{filepath.Dir(m.dir): 0o711, m.dir: 0o755, filepath.Join(m.dir, "tree", "open"): 0o777} {
		if err := os.Chmod(dir, mode); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(string(a.Comment)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "extra: "); ok {
			m.extra = v
		}
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "link: "); ok {
			name, target, _ := strings.Cut(v, " ")
			path := filepath.Join(m.dir, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.Symlink(target, path)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return m
}

func (m machine) run(t *testing.T, check bool) string {
	t.Helper()
	b, dir, err := run.Load(filepath.Join(m.dir, "book", "playbook.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	given := []string{}
	if m.extra != "" {
		given = append(given, m.extra)
	}
	extra, err := run.ExtraVars(given)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := run.Run(t.Context(), b, run.Options{
		Dir: dir, Root: m.root, Check: check, ExtraVars: extra,
		Env:       []string{"PATH=" + m.path, "HOME=" + m.dir, "WORK=" + m.dir, "GIT_CONFIG_NOSYSTEM=1", "GREETING=hello"},
		Now:       func() time.Time { return time.Unix(0, 0) },
		OSRelease: m.release(),
		Pause:     func(_ context.Context, d time.Duration) { fmt.Fprintf(&out, "(pause %s)\n", d) },
		Emit: func(e run.Event) {
			if err := run.Print(&out, e); err != nil {
				t.Error(err)
			}
		},
	})
	if err != nil {
		fmt.Fprintln(&out, "error:", err)
	}
	fmt.Fprintln(&out, summary)
	return strings.ReplaceAll(out.String(), m.dir, "$WORK")
}

// release is the file os-release: the archive's, or the usual one in a sandbox.
func (m machine) release() string {
	if m.root != "" {
		return ""
	}
	return filepath.Join(m.dir, "os-release")
}

// listing is every file of tree/ with its mode and, where it is short text,
// its content.
func (m machine) listing(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	root := filepath.Join(m.dir, "tree")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		name, _ := filepath.Rel(root, path)
		if d.Name() == ".git" {
			return fs.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %s", info.Mode(), name)
		switch {
		case info.Mode().IsRegular():
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %q", strings.ReplaceAll(string(text), m.dir, "$WORK"))
		case info.Mode()&fs.ModeSymlink != 0:
			to, _ := os.Readlink(path)
			b.WriteString(" -> " + strings.ReplaceAll(to, m.dir, "$WORK"))
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
