package diskblob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Put stores what r yields, see control.Blobs. An error of r or of check comes
// back as it is; a full disk is fleet.Unavailable.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64, check control.Check) (info control.BlobInfo, err error) {
	f, err := os.CreateTemp(filepath.Join(s.dir, temporary), "put-*")
	if err != nil {
		return info, broken(err, "make a file for a blob")
	}
	defer func() {
		err = errors.Join(err, ignore(f.Close(), fs.ErrClosed), ignore(os.Remove(f.Name()), fs.ErrNotExist))
	}()
	source := &source{r: contextReader{ctx, r}}
	if info, err = copyHashed(f, source, limit); err != nil {
		return control.BlobInfo{}, cause(err, source.err)
	}
	if check != nil {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return control.BlobInfo{}, broken(err, "read the content back")
		}
		if err := check(info, f); err != nil {
			return control.BlobInfo{}, err
		}
	}
	if err := f.Sync(); err != nil {
		return control.BlobInfo{}, cause(err, nil)
	}
	if err := f.Close(); err != nil {
		return control.BlobInfo{}, cause(err, nil)
	}
	if err := s.publish(f.Name(), info.SHA256); err != nil {
		return control.BlobInfo{}, cause(err, nil)
	}
	return info, nil
}

// copyHashed copies at most limit bytes and hashes them on the way.
func copyHashed(w io.Writer, r io.Reader, limit int64) (control.BlobInfo, error) {
	sum, crc := sha256.New(), crc32.NewIEEE()
	n, err := io.Copy(io.MultiWriter(w, sum, crc), &io.LimitedReader{R: r, N: limit})
	if err != nil {
		return control.BlobInfo{}, err
	}
	if n == limit {
		// One byte more tells a content of just the limit from a longer one.
		if more, err := io.ReadFull(r, make([]byte, 1)); more > 0 {
			return control.BlobInfo{}, fleet.Errorf(fleet.Invalid, "the content is longer than %d bytes, which is the limit", limit)
		} else if err != io.EOF {
			return control.BlobInfo{}, err
		}
	}
	return control.BlobInfo{SHA256: hex.EncodeToString(sum.Sum(nil)), CRC32: crc.Sum32(), Size: n}, nil
}

// publish gives a synced file its name. When the name is there already, so is
// its content; the folder is synced all the same, since the other Put may not
// have come so far.
func (s *Store) publish(tmp, sum string) error {
	path, ok := s.path(sum)
	if !ok {
		panic("internal error: a SHA-256 is no SHA-256")
	}
	dir := filepath.Dir(path)
	err := os.Mkdir(dir, 0o700)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	// Whoever made the folder may not have synced its parent yet.
	if err := syncDir(s.dir); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// source remembers why reading ended, to tell a broken sender from a broken
// disk.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// cause sorts an error of Put: one of the sender passes, one of the disk is
// ours.
func cause(err, sender error) error {
	var known *fleet.Error
	switch {
	case sender != nil:
		return sender
	case errors.As(err, &known):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return &fleet.Error{Code: fleet.Unavailable, Msg: "cannot store the content: the disk is full", Err: err}
	}
	return broken(err, "store the content")
}

// ignore drops an error that is expected.
func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
