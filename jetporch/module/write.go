package module

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// look is os.Lstat with "not there" as nil.
func look(path string) (fs.FileInfo, error) {
	if path == "" {
		return nil, errors.New("the path is empty")
	}
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return info, err
}

// hasFolder says why a file cannot be made at a path: the folder that it would
// lie in is not there. In a check an earlier task may be about to make it.
func (c *Call) hasFolder(name, path string) error {
	_, err := os.Stat(filepath.Dir(path))
	if c.Pending || !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("cannot make %s: the folder %s is not there; make it with !directory first", name, filepath.Dir(name))
}

// behind is the file behind a link.
func behind(h *Host, name string) (string, fs.FileInfo, error) {
	real, info, err := h.follow(name)
	if err != nil {
		return "", nil, fmt.Errorf("%s is a link that leads nowhere: %w", name, err)
	}
	if info.IsDir() {
		return "", nil, fmt.Errorf("%s is a link to a directory and no file", name)
	}
	return real, info, nil
}

// newMode is the mode of a new file without attributes.
const newMode = 0o644

// temporary is where the content for dest is written first. The name is always
// the same, so that what a killed run left behind is replaced by the next.
func temporary(dest string) string {
	const front, longest = ".jetporch-", 255
	base := filepath.Base(dest)
	if len(front+base) > longest {
		base = fmt.Sprintf("%x", sha256.Sum256([]byte(base)))
	}
	return filepath.Join(filepath.Dir(dest), front+base)
}

// place puts content at dest in one step: a temporary file beside it that is
// synced and renamed. An existing file keeps its owner and mode unless the
// attributes say otherwise. There is one run at a time, so that what has the
// temporary name is nobody's; a link there is removed and never followed.
func place(ctx context.Context, dest string, content io.Reader, before fs.FileInfo, o owned) (err error) {
	name := temporary(dest)
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(name)
		}
	}()
	if _, err := io.Copy(f, reader{ctx, content}); err != nil {
		return err
	}
	// Through the open file, so that nobody can put another in its place.
	mode := fs.FileMode(newMode)
	if before != nil {
		mode = before.Mode() & modeBits
		if st, ok := before.Sys().(*syscall.Stat_t); ok {
			if err := keepOwner(f, st); err != nil {
				return err
			}
		}
	}
	if o.uid >= 0 || o.gid >= 0 {
		if err := f.Chown(o.uid, o.gid); err != nil {
			return err
		}
	}
	if o.hasMode {
		mode = o.mode
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(name, dest)
}

// reader ends when the context does, so that a large file does not hold up
// the end of a task.
type reader struct {
	ctx context.Context
	io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.Reader.Read(p)
}

func keepOwner(f *os.File, st *syscall.Stat_t) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if now, ok := info.Sys().(*syscall.Stat_t); ok && now.Uid == st.Uid && now.Gid == st.Gid {
		return nil
	}
	return f.Chown(int(st.Uid), int(st.Gid))
}

// sameContent compares a file with content that is read to its end.
func sameContent(ctx context.Context, path string, content io.Reader) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	a, b := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := io.ReadFull(f, a)
		m, errB := io.ReadFull(reader{ctx, content}, b)
		if !ended(errA) {
			return false, errA
		}
		if !ended(errB) {
			return false, errB
		}
		if !bytes.Equal(a[:n], b[:m]) {
			return false, nil
		}
		if errA != nil || errB != nil {
			return true, nil
		}
	}
}

func ended(err error) bool {
	return err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
