package module

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var asItIs = owned{uid: -1, gid: -1}

func TestWhatAKilledRunLeftBesideAFileIsReplacedAndNotFollowed(t *testing.T) {
	t.Parallel()
	for what, leave := range map[string]func(name, victim string) error{
		"nothing":         func(string, string) error { return nil },
		"half a file":     func(name, _ string) error { return os.WriteFile(name, []byte("half"), 0o600) },
		"a read-only one": func(name, _ string) error { return os.WriteFile(name, []byte("half"), 0) },
		"a link":          func(name, victim string) error { return os.Symlink(victim, name) },
		"a hard link":     func(name, victim string) error { return os.Link(victim, name) },
		"a loop":          func(name, _ string) error { return os.Symlink(name, name) },
	} {
		dir := t.TempDir()
		dest, victim := filepath.Join(dir, "conf"), filepath.Join(dir, "victim")
		if err := errors.Join(os.WriteFile(victim, []byte("precious"), 0o644), leave(temporary(dest), victim)); err != nil {
			t.Fatal(err)
		}
		if err := place(t.Context(), dest, strings.NewReader("new"), nil, asItIs); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		text, _ := os.ReadFile(dest)
		kept, _ := os.ReadFile(victim)
		if left, _ := os.ReadDir(dir); string(text) != "new" || string(kept) != "precious" || len(left) != 2 {
			t.Errorf("%s: got %q, the victim is %q, and there is %v", what, text, kept, left)
		}
	}
}

func TestAFileWithTheLongestNameCanBeWritten(t *testing.T) {
	t.Parallel()
	dest := filepath.Join(t.TempDir(), strings.Repeat("x", 255))
	if err := place(t.Context(), dest, strings.NewReader("new"), nil, asItIs); err != nil {
		t.Error(err)
	}
}

// endless ends its context after some reads and goes on.
type endless struct {
	reads int
	end   context.CancelCauseFunc
}

var errOver = errors.New("the time is over")

func (e *endless) Read(p []byte) (int, error) {
	if e.reads--; e.reads == 0 {
		e.end(errOver)
	}
	return len(p), nil
}

func TestWorkOnLargeFilesEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for what, work := range map[string]func(ctx context.Context, dir string, r io.Reader) error{
		"writing": func(ctx context.Context, dir string, r io.Reader) error {
			return place(ctx, filepath.Join(dir, "new"), r, nil, asItIs)
		},
		"comparing": func(ctx context.Context, dir string, r io.Reader) error {
			_, err := sameContent(ctx, filepath.Join(dir, "sparse"), r)
			return err
		},
		"a tree": func(ctx context.Context, dir string, r io.Reader) error {
			_, _ = r.Read(nil)
			_, _ = r.Read(nil)
			return owned{uid: -1, gid: -1, mode: 0o755, hasMode: true}.applyTree(ctx, dir)
		},
	} {
		dir := t.TempDir()
		sparse, err := os.Create(filepath.Join(dir, "sparse"))
		if err == nil {
			err = errors.Join(sparse.Truncate(1<<40), sparse.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		if err := work(ctx, dir, &endless{reads: 2, end: cancel}); !errors.Is(err, errOver) {
			t.Errorf("%s: got %v", what, err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Errorf("%s left %v", what, left)
		}
	}
}
