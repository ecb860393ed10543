package diskblob_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sluicehq/sluice/blob/blobtest"
	"github.com/sluicehq/sluice/blob/diskblob"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

func open(t *testing.T, dir string) *diskblob.Store {
	t.Helper()
	s, err := diskblob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// files lists the files below a folder.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			names = append(names, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestAFolderKeepsTheContract(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) blobtest.Opened {
		dir := t.TempDir()
		return blobtest.Opened{
			Blobs:  open(t, dir),
			Reopen: func() control.Blobs { return open(t, dir) },
			Count:  func() int { return len(files(t, dir)) },
		}
	})
}

func TestLeftoversOfACrashAreRemovedAndContentStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	info, err := open(t, dir).Put(t.Context(), strings.NewReader("kept"), 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tmp", "put-123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if got, want := files(t, dir), info.SHA256[:2]+"/"+info.SHA256[2:]; len(got) != 1 || got[0] != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestAFullDiskIsUnavailableAndLeavesNothing(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("mounting a small disk needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("mounting a small disk is not allowed here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	s := open(t, dir)
	if _, err := s.Put(t.Context(), strings.NewReader("small"), 10, nil); err != nil {
		t.Fatal(err)
	}
	_, err := s.Put(t.Context(), strings.NewReader(strings.Repeat("x", 2<<20)), 10<<20, nil)
	if fleet.CodeOf(err) != fleet.Unavailable || fleet.Sentence(err) != "cannot store the content: the disk is full" {
		t.Errorf("got %v", err)
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("got %v", got)
	}
	if _, err := s.Put(t.Context(), strings.NewReader(strings.Repeat("y", 512<<10)), 10<<20, nil); err != nil {
		t.Errorf("there is room again: %v", err)
	}
}
