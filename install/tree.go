package install

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const maxLinks = 40

// tree is the device's files below its root. Every change goes through
// os.Root, so no name and no link leads out of it.
type tree struct {
	root  *os.Root
	dir   string // of the root, for commands
	fault func(string)
}

// attributes are what a file has beside its content. A negative id means: as
// the installer creates it.
type attributes struct {
	mode     fs.FileMode // permission bits
	uid, gid int
	mtime    time.Time // zero: now
	xattrs   map[string][]byte
}

// resolve turns an absolute path of the device into a name for os.Root. Links
// among its parents are followed, absolute ones from the root (/var/run →
// /run), as the device itself would; the last element is never followed.
func (t *tree) resolve(name string) (string, error) {
	if !path.IsAbs(name) || strings.ContainsRune(name, 0) || strings.Contains("/"+name+"/", "/../") {
		return "", fmt.Errorf("cannot use path %q: it must be absolute and without ..", name)
	}
	todo := strings.Split(strings.Trim(path.Clean(name), "/"), "/")
	at, links := ".", 0
	for len(todo) > 1 {
		next := path.Join(at, todo[0])
		if todo[0] == ".." && at == "." {
			return "", fmt.Errorf("cannot use path %q: a link leads out of the device's root", name)
		}
		todo = todo[1:]
		target, err := t.root.Readlink(next)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.EINVAL):
			at = next // not there yet, or no link
			continue
		case err != nil:
			return "", fmt.Errorf("cannot use path %q: %w", name, err)
		}
		if links++; links > maxLinks {
			return "", fmt.Errorf("cannot use path %q: more than %d links", name, maxLinks)
		}
		if path.IsAbs(target) {
			at = "."
		}
		if clean := strings.Trim(path.Clean(target), "/"); clean != "" && clean != "." {
			todo = append(strings.Split(clean, "/"), todo...)
		}
	}
	return path.Join(at, todo[0]), nil
}

// resolveDir is resolve for a directory: where the last element is a link to
// one, it is followed as well (/bin → usr/bin).
func (t *tree) resolveDir(name string) (string, error) {
	rel, err := t.resolve(name)
	if err != nil {
		return "", err
	}
	if info, err := t.lstat(rel); err != nil || info == nil || info.Mode()&fs.ModeSymlink == 0 {
		return rel, err
	}
	below, err := t.resolve(path.Join(name, "x"))
	if err != nil {
		return "", err
	}
	if info, err := t.lstat(path.Dir(below)); err != nil || info == nil || !info.IsDir() {
		return rel, err
	}
	return path.Dir(below), nil
}

// lstat is nil without an error where nothing is there.
func (t *tree) lstat(rel string) (fs.FileInfo, error) {
	info, err := t.root.Lstat(rel)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return info, err
}

// replace puts content at a name in one step, durably.
func (t *tree) replace(rel string, content io.Reader, a attributes) error {
	tmp := tempName(rel)
	if err := t.removeTemp(rel); err != nil {
		return err
	}
	err := t.writeTemp(tmp, content, a)
	if err == nil {
		t.fault("temporary file written")
		err = t.root.Rename(tmp, rel)
	}
	if err != nil {
		return errors.Join(err, t.removeTemp(rel))
	}
	t.fault("file renamed")
	return t.syncDir(path.Dir(rel))
}

func (t *tree) writeTemp(tmp string, content io.Reader, a attributes) error {
	f, err := t.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	t.fault("temporary file created")
	_, err = io.Copy(f, content)
	if err == nil {
		err = a.apply(f)
	}
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil && !a.mtime.IsZero() {
		err = t.root.Chtimes(tmp, a.mtime, a.mtime)
	}
	return err
}

// apply sets owner and mode through the open file, where no link can be
// swapped in.
func (a attributes) apply(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if uid, gid := owner(info); (a.uid >= 0 && a.uid != uid) || (a.gid >= 0 && a.gid != gid) {
		if err := f.Chown(a.uid, a.gid); err != nil {
			return err
		}
	}
	return errors.Join(f.Chmod(a.mode), writeXattrs(f, a.xattrs)) // chown takes capabilities away: they come last
}

// match tells whether a file has the attributes already.
func (a attributes) match(info fs.FileInfo) bool {
	uid, gid := owner(info)
	return info.Mode().Perm() == a.mode && info.Mode()&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) == 0 &&
		(a.uid < 0 || a.uid == uid) && (a.gid < 0 || a.gid == gid)
}

// symlink puts a link at a name in one step.
func (t *tree) symlink(rel, target string) error {
	if err := t.removeTemp(rel); err != nil {
		return err
	}
	if err := t.root.Symlink(target, tempName(rel)); err != nil {
		return err
	}
	if err := t.root.Rename(tempName(rel), rel); err != nil {
		return errors.Join(err, t.removeTemp(rel))
	}
	return t.syncDir(path.Dir(rel))
}

// mkdir makes one directory that appears with its attributes. One that is
// there is fs.ErrExist.
func (t *tree) mkdir(rel string, a attributes) error {
	if info, err := t.lstat(rel); err != nil {
		return err
	} else if info != nil {
		return fs.ErrExist
	}
	if err := t.removeTemp(rel); err != nil {
		return err
	}
	tmp := tempName(rel)
	if err := t.root.Mkdir(tmp, 0o700); err != nil {
		return err
	}
	t.fault("directory made")
	err := t.setDir(tmp, a)
	if err == nil {
		err = t.root.Rename(tmp, rel)
	}
	if err != nil {
		return errors.Join(err, t.removeTemp(rel))
	}
	t.fault("directory renamed")
	return t.syncDir(path.Dir(rel))
}

// setDir gives a directory its attributes.
func (t *tree) setDir(rel string, a attributes) error {
	d, err := t.root.OpenFile(rel, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := a.apply(d); err != nil {
		return err
	}
	return d.Sync()
}

// remove deletes a file or link; nothing there is no error.
func (t *tree) remove(rel string) error {
	if err := t.root.Remove(rel); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	t.fault("file removed")
	return t.syncDir(path.Dir(rel))
}

// removeTemp deletes what a killed replace left behind.
func (t *tree) removeTemp(rel string) error {
	if info, err := t.lstat(tempName(rel)); err == nil && info == nil {
		return nil // also on a file system that takes no change
	}
	if err := t.root.Remove(tempName(rel)); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
		return err
	}
	return nil
}

func (t *tree) syncDir(rel string) error {
	d, err := t.root.Open(rel)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// tempName depends on nothing but the name, so that a restart finds it.
func tempName(rel string) string {
	sum := sha256.Sum256([]byte(rel))
	return path.Join(path.Dir(rel), ".sluice-"+hex.EncodeToString(sum[:6])+".tmp")
}

func owner(info fs.FileInfo) (uid, gid int) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid), int(st.Gid)
	}
	return -1, -1
}

// onHost gives the path that a command outside of any chroot has to use.
func (t *tree) onHost(rel string) string { return filepath.Join(t.dir, filepath.FromSlash(rel)) }
