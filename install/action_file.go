package install

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"

	"github.com/sluicehq/sluice/sup"
)

func installFile(_ context.Context, s *step, p *sup.FileInstall) error {
	a, err := s.attributes(p.Mode, "0644", p.Owner, p.Group)
	if err != nil {
		return err
	}
	content, _, err := s.member(p.Source)
	if err != nil {
		return err
	}
	defer content.Close()
	rel, err := s.run.tree.resolve(p.Path)
	if err != nil {
		return err
	}
	if err := s.put(rel, content, a); err != nil {
		return fmt.Errorf("cannot install %s: %w", p.Path, err)
	}
	return nil
}

// put makes a file what it should be, with its parents, and changes nothing
// where it is that already.
func (s *step) put(rel string, content io.ReadSeeker, a attributes) error {
	t := s.run.tree
	info, err := t.lstat(rel)
	if err != nil {
		return err
	}
	if info != nil && info.IsDir() {
		return errors.New("there is a directory of that name")
	}
	if info != nil && info.Mode().IsRegular() && a.match(info) {
		same, err := t.sameContent(rel, content)
		if err != nil || same {
			return err
		}
	}
	if err := s.undo.makeParents(rel); err != nil {
		return err
	}
	if err := s.undo.save(rel); err != nil {
		return err
	}
	return t.replace(rel, content, a)
}

// sameContent compares and leaves content at its beginning.
func (t *tree) sameContent(rel string, content io.ReadSeeker) (bool, error) {
	f, err := t.root.Open(rel)
	if err != nil {
		return false, err
	}
	defer f.Close()
	same, err := equalReaders(f, content)
	if err != nil {
		return false, err
	}
	_, err = content.Seek(0, io.SeekStart)
	return same, err
}

func equalReaders(a, b io.Reader) (bool, error) {
	bufA, bufB := make([]byte, 32<<10), make([]byte, 32<<10)
	for {
		n, errA := io.ReadFull(a, bufA)
		m, errB := io.ReadFull(b, bufB)
		if n != m || string(bufA[:n]) != string(bufB[:m]) {
			return false, nil
		}
		if atEnd(errA) && atEnd(errB) {
			return true, nil
		}
		if err := errors.Join(errA, errB); err != nil {
			return false, err
		}
	}
}

func atEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

func removeFile(_ context.Context, s *step, p *sup.FileRemove) error {
	rel, err := s.run.tree.resolve(p.Path)
	if err != nil {
		return err
	}
	info, err := s.run.tree.lstat(rel)
	if err != nil {
		return fmt.Errorf("cannot remove %s: %w", p.Path, err)
	}
	if info == nil {
		return nil
	}
	if info.IsDir() {
		return fmt.Errorf("cannot remove %s: it is a directory", p.Path)
	}
	if err := s.undo.save(rel); err != nil {
		return err
	}
	if err := s.run.tree.remove(rel); err != nil {
		return fmt.Errorf("cannot remove %s: %w", p.Path, err)
	}
	return nil
}

func createDirectory(_ context.Context, s *step, p *sup.DirectoryCreate) error {
	a, err := s.attributes(p.Mode, "0755", p.Owner, p.Group)
	if err != nil {
		return err
	}
	rel, err := s.run.tree.resolveDir(p.Path)
	if err != nil {
		return err
	}
	info, err := s.run.tree.lstat(rel)
	switch {
	case err != nil:
	case info != nil && !info.IsDir():
		err = errors.New("there is a file of that name")
	case info != nil && a.match(info):
		return nil
	default:
		err = s.makeDirectory(rel, info, a)
	}
	if err != nil {
		return fmt.Errorf("cannot create directory %s: %w", p.Path, err)
	}
	return nil
}

func (s *step) makeDirectory(rel string, there fs.FileInfo, a attributes) error {
	if err := s.undo.makeParents(rel); err != nil {
		return err
	}
	if err := s.undo.save(rel); err != nil {
		return err
	}
	if there != nil {
		return s.run.tree.setDir(rel, a)
	}
	return s.run.tree.mkdir(rel, a)
}

// attributes reads the parameters that files and directories share. Bits
// beyond the permissions are refused here too, whatever the manifest got past.
func (s *step) attributes(mode, otherwise, user, group string) (attributes, error) {
	if mode == "" {
		mode = otherwise
	}
	bits, err := strconv.ParseUint(mode, 8, 32)
	if err != nil || bits&^uint64(os.ModePerm) != 0 {
		return attributes{}, fmt.Errorf("cannot use mode %q: give the permissions in octal; setuid, setgid and sticky are refused", mode)
	}
	uid, gid, err := s.run.tree.ids(user, group)
	return attributes{mode: fs.FileMode(bits), uid: uid, gid: gid}, err
}
