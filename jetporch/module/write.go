package module

import (
	"bytes"
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

// place puts content at dest in one step: a temporary file beside it that is
// synced and renamed. An existing file keeps its owner and mode unless the
// attributes say otherwise.
func place(dest string, content io.Reader, before fs.FileInfo, o owned) (err error) {
	f, err := os.CreateTemp(filepath.Dir(dest), ".jetporch-*")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", dest, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("cannot write %s: %w", dest, err)
		}
	}()
	if _, err := io.Copy(f, content); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if before != nil {
		mode = before.Mode() & modeBits
		if st, ok := before.Sys().(*syscall.Stat_t); ok {
			if err := keepOwner(f, st); err != nil {
				return err
			}
		}
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if err := o.apply(f.Name()); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), dest)
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
func sameContent(path string, content io.Reader) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	a, b := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := io.ReadFull(f, a)
		m, errB := io.ReadFull(content, b)
		if !bytes.Equal(a[:n], b[:m]) {
			return false, nil
		}
		if errA != nil || errB != nil {
			if !ended(errA) {
				return false, errA
			}
			if !ended(errB) {
				return false, errB
			}
			return true, nil
		}
	}
}

func ended(err error) bool { return err == nil || err == io.EOF || err == io.ErrUnexpectedEOF }
