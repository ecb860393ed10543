package transfer_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sluicehq/sluice/agent/transfer"
)

func readFile(path string) ([]byte, error) { return os.ReadFile(path) }

func TestAFileIsGoneOnWithByAnotherProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "part")
	first, err := transfer.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if err := first.SetETag(`"v1"`); err != nil {
		t.Fatal(err)
	}
	first.Close()
	second, err := transfer.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if second.Offset() != 4 || second.ETag() != `"v1"` {
		t.Errorf("offset %d, tag %s", second.Offset(), second.ETag())
	}
	a, err := second.Sums()
	h := transfer.NewHash()
	if _, werr := h.Write([]byte("half")); err != nil || werr != nil {
		t.Fatal(err, werr)
	}
	if b, _ := h.Sums(); a != b {
		t.Errorf("a file and a hash of the same bytes differ: %v %v", a, b)
	}
}

func TestAPartThatIsALinkIsNotFollowed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "target"), filepath.Join(dir, "part")); err != nil {
		t.Fatal(err)
	}
	if f, err := transfer.OpenFile(filepath.Join(dir, "part")); err == nil {
		f.Close()
		t.Error("the link was followed")
	}
}
