package diskblob

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// temporary is the folder of what is being written.
const temporary = "tmp"

// Store keeps blobs below a folder. It is safe for use by many goroutines.
type Store struct{ dir string }

var _ control.Blobs = (*Store)(nil)

// Open opens the folder, makes it when missing, and removes what a crash left.
func Open(dir string) (*Store, error) {
	tmp := filepath.Join(dir, temporary)
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, broken(err, "open the blobs in "+dir)
	}
	left, err := os.ReadDir(tmp)
	if err != nil {
		return nil, broken(err, "open the blobs in "+dir)
	}
	for _, f := range left {
		if err := os.Remove(filepath.Join(tmp, f.Name())); err != nil {
			return nil, broken(err, "remove what an earlier run left in "+tmp)
		}
	}
	return &Store{dir: dir}, nil
}

// Open returns the content of a hash. Closing it is the caller's.
func (s *Store) Open(_ context.Context, sha256 string) (control.Blob, error) {
	path, ok := s.path(sha256)
	if !ok {
		return nil, fleet.Errorf(fleet.NotFound, "there is no blob %q", sha256)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fleet.Errorf(fleet.NotFound, "there is no blob %s", sha256)
	}
	if err != nil {
		return nil, broken(err, "open blob "+sha256)
	}
	return f, nil
}

// path is the file of a hash; ok is false for what is no hash, which could
// otherwise name any file.
func (s *Store) path(sha256 string) (path string, ok bool) {
	raw, err := hex.DecodeString(sha256)
	if err != nil || len(raw) != 32 || hex.EncodeToString(raw) != sha256 {
		return "", false
	}
	return filepath.Join(s.dir, sha256[:2], sha256[2:]), true
}

// broken is a disk that does not do what it should.
func broken(err error, what string) error {
	return &fleet.Error{Code: fleet.Internal, Msg: "cannot " + what, Err: err}
}

// contextReader fails when its context has ended, be it during a read: an end
// of the content that came with the cancelling is none.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	if ended := c.ctx.Err(); ended != nil {
		return n, ended
	}
	return n, err
}
