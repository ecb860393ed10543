package difftest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sluicehq/sluice/jetporch/run"
)

// machine is a playbook with what lies beside it, and the files it works on,
// which the variable tree names.
type machine struct{ book, tree string }

// player runs the playbook of a machine and tells whether it succeeded.
type player func(t *testing.T, m machine) bool

func (m machine) variables() string { return fmt.Sprintf(`{"tree": %q}`, m.tree) }

func (m machine) env(t *testing.T) []string {
	t.Helper()
	who, err := user.Current() // jetp keeps its temporary files by the name of the user
	if err != nil {
		t.Fatal(err)
	}
	group, err := user.LookupGroupId(who.Gid)
	if err != nil {
		t.Fatal(err)
	}
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "USER=" + who.Username, "LC_ALL=C", "GREETING=hello",
		"TREE=" + m.tree, "OWNER=" + who.Username, "GROUP=" + group.Name}
}

func ours(t *testing.T, m machine) bool {
	b, dir, err := run.Load(filepath.Join(m.book, "playbook.yml"))
	if err != nil {
		t.Fatal(err)
	}
	extra, err := run.ExtraVars([]string{m.variables()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = run.Run(t.Context(), b, run.Options{Dir: dir, ExtraVars: extra, Env: m.env(t), Now: func() time.Time { return time.Unix(0, 0) },
		Pause: func(context.Context, time.Duration) {}})
	if err != nil {
		t.Log("ours:", err)
	}
	return err == nil
}

// jetp is a player by a program with jetp's command line.
func jetp(path string) player { return jetpIn(path, "local") }

func jetpIn(path, mode string) player {
	return func(t *testing.T, m machine) bool {
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		cmd := exec.CommandContext(ctx, path, mode, "-p", filepath.Join(m.book, "playbook.yml"), "-e", m.variables())
		cmd.Env = m.env(t)
		cmd.WaitDelay = time.Second
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil || ctx.Err() != nil {
			t.Fatalf("%s did not come to its end: %v", path, err)
		}
		if err != nil {
			t.Logf("jetp: %v: %s", err, out)
		}
		return err == nil
	}
}

// compare lets both play the same and answers what differs, a line each.
func compare(t *testing.T, a *txtar.Archive, theirs player) (differences []string) {
	t.Helper()
	here, there := unpack(t, a), unpack(t, a)
	we, they := ours(t, here), theirs(t, there)
	if we != they {
		differences = append(differences, fmt.Sprintf("success: ours %v, jetp %v", we, they))
	}
	left, right := here.listing(t), there.listing(t)
	for name, is := range left {
		if right[name] != is {
			differences = append(differences, fmt.Sprintf("%s: ours %s, jetp %s", name, is, or(right[name], "has none")))
		}
	}
	for name, is := range right {
		if left[name] == "" {
			differences = append(differences, fmt.Sprintf("%s: ours has none, jetp %s", name, is))
		}
	}
	return differences
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func unpack(t *testing.T, a *txtar.Archive) machine {
	t.Helper()
	dir := t.TempDir()
	m := machine{book: filepath.Join(dir, "book"), tree: filepath.Join(dir, "tree")}
	for _, f := range a.Files {
		path := filepath.Join(m.book, f.Name)
		if name, ok := strings.CutPrefix(f.Name, "tree/"); ok {
			path = filepath.Join(m.tree, name)
		}
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = os.WriteFile(path, f.Data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// listing is the mode and content of each file of the tree.
func (m machine) listing(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(m.tree, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		is := info.Mode().String()
		switch {
		case info.Mode().IsRegular():
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			is += fmt.Sprintf(" %q", strings.ReplaceAll(string(text), m.tree, "$TREE"))
		case info.Mode()&fs.ModeSymlink != 0:
			to, err := os.Readlink(path)
			if err != nil {
				return err
			}
			is += " -> " + strings.ReplaceAll(to, m.tree, "$TREE")
		}
		name, err := filepath.Rel(m.tree, path)
		files[name] = is
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
