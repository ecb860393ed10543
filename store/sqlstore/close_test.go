package sqlstore_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/store/sqlstore"
)

func TestAStoreThatWasClosedLeavesOneFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(dir, "sluice.db"), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), func(ctx context.Context, tx control.Tx) error { return tx.SetSetting(ctx, "a", []byte("x")) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("got %v, %v", files, err)
	}
}

func TestAFullDiskIsUnavailableAndWritesGoOnWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("mounting a small disk needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("mounting a small disk is not allowed here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	s, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(dir, "sluice.db"), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	write := func() error {
		return s.Write(t.Context(), func(ctx context.Context, tx control.Tx) error {
			return tx.SetSetting(ctx, "text", []byte(strings.Repeat("x", 64<<10)))
		})
	}
	fill := filepath.Join(dir, "fill")
	_ = os.WriteFile(fill, make([]byte, 4<<20), 0o600) // as far as it goes
	err = write()
	if fleet.CodeOf(err) != fleet.Unavailable || !strings.HasSuffix(fleet.Sentence(err), ": its disk is full") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	if err := write(); err != nil {
		t.Errorf("there is room again: %v", err)
	}
}
