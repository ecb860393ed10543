package install

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// backup copies a file of the device into the folder of the log, durably, and
// returns the hash of what it copied, and the file's extended attributes.
func (u *undoLog) backup(rel, name string) (string, map[string][]byte, error) {
	in, err := u.tree.root.OpenFile(rel, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", nil, err
	}
	defer in.Close()
	xattrs, err := readXattrs(in)
	if err != nil {
		return "", nil, err
	}
	out, err := os.OpenFile(filepath.Join(u.dir, name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return "", nil, err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, sum), in)
	if err == nil {
		err = out.Sync()
	}
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", nil, err
	}
	u.tree.fault("backup written")
	d, err := os.Open(u.dir)
	if err != nil {
		return "", nil, err
	}
	return hex.EncodeToString(sum.Sum(nil)), xattrs, errors.Join(d.Sync(), d.Close())
}

// restore puts back everything that was recorded, last record first. It can be
// repeated. It goes on after an error, so that as much as possible is back.
func (u *undoLog) restore() error {
	var errs []error
	for _, r := range slices.Backward(u.records) {
		if r.Kind == aNote {
			continue
		}
		if err := u.restoreOne(r); err != nil {
			errs = append(errs, fmt.Errorf("cannot restore /%s: %w", r.Path, err))
		}
		u.tree.fault("record restored")
	}
	return errors.Join(errs...)
}

func (u *undoLog) restoreOne(r record) error {
	if err := u.tree.removeTemp(r.Path); err != nil {
		return err
	}
	switch r.Kind {
	case wasAbsent:
		return u.restoreAbsence(r)
	case wasLink:
		if target, err := u.tree.root.Readlink(r.Path); err == nil && target == r.Target {
			return nil
		}
		return u.tree.symlink(r.Path, r.Target)
	case wasDir:
		if info, err := u.tree.lstat(r.Path); err == nil && info != nil && info.IsDir() && r.attributes().match(info) {
			return nil
		}
		if err := u.tree.mkdir(r.Path, r.attributes()); !errors.Is(err, fs.ErrExist) {
			return err
		}
		return u.tree.setDir(r.Path, r.attributes())
	}
	return u.restoreFile(r)
}

// restoreAbsence removes what the action made. A directory stays while it
// holds something: that is not the action's, and no one else can bring it back.
func (u *undoLog) restoreAbsence(r record) error {
	info, err := u.tree.lstat(r.Path)
	if errors.Is(err, syscall.ENOTDIR) || (err == nil && info == nil) {
		return nil
	}
	if err != nil {
		return err
	}
	err = u.tree.remove(r.Path)
	if info.IsDir() && (errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, fs.ErrExist)) {
		return nil
	}
	return err
}

func (u *undoLog) restoreFile(r record) error {
	if u.untouched(r) {
		return nil
	}
	name := filepath.Join(u.dir, r.Backup)
	in, err := os.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != r.SHA256 {
		return fmt.Errorf("its backup %s is damaged", name)
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return u.tree.replace(r.Path, in, r.attributes())
}

// untouched tells whether a file is still what was recorded. It then keeps its
// inode, and a full disk does not stand in the way.
func (u *undoLog) untouched(r record) bool {
	info, err := u.tree.lstat(r.Path)
	if err != nil || info == nil || !info.Mode().IsRegular() || !info.ModTime().Equal(r.MTime) || !r.attributes().match(info) {
		return false
	}
	f, err := u.tree.root.Open(r.Path)
	if err != nil {
		return false
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return err == nil && hex.EncodeToString(sum.Sum(nil)) == r.SHA256
}

func (r record) attributes() attributes {
	return attributes{mode: r.Mode, uid: r.UID, gid: r.GID, mtime: r.MTime, xattrs: r.Xattrs}
}
