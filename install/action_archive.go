package install

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/sluicehq/sluice/sup"
)

// extractArchive reads the archive twice: nothing is written before all of it
// was judged.
func extractArchive(ctx context.Context, s *step, p *sup.ArchiveExtract) error {
	f, _, err := s.member(p.Source)
	if err != nil {
		return err
	}
	defer f.Close()
	base, err := s.run.tree.resolve(path.Join(p.Path, "x"))
	if err != nil {
		return err
	}
	base = path.Dir(base)
	err = eachMember(ctx, f, p, func(*tar.Header, io.Reader) error { return nil })
	if err == nil {
		err = s.extractDir(base, 0o755)
	}
	if err == nil {
		err = eachMember(ctx, f, p, func(h *tar.Header, content io.Reader) error {
			return s.extractOne(base, h, content)
		})
	}
	if err != nil {
		return fmt.Errorf("cannot extract %s below %s: %w", p.Source, p.Path, err)
	}
	return nil
}

func eachMember(ctx context.Context, f *os.File, p *sup.ArchiveExtract, visit func(*tar.Header, io.Reader) error) error {
	a, err := openArchive(f, p.Source, p.MaxBytes)
	if err != nil {
		return err
	}
	defer a.close()
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		h, err := a.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := visit(h, a.tar); err != nil {
			return fmt.Errorf("member %q: %w", limit(h.Name, 200), err)
		}
		if _, err := io.Copy(io.Discard, a.tar); err != nil {
			return fmt.Errorf("member %q cannot be read: %w", limit(h.Name, 200), err)
		}
	}
}

func (s *step) extractOne(base string, h *tar.Header, content io.Reader) error {
	name, mode := "/"+path.Join(base, h.Name), h.FileInfo().Mode().Perm()
	if h.Typeflag == tar.TypeDir {
		rel, err := s.run.tree.resolveDir(name)
		if err != nil {
			return err
		}
		return s.extractDir(rel, mode)
	}
	rel, err := s.run.tree.resolve(name)
	if err != nil {
		return err
	}
	a := attributes{mode: mode, uid: -1, gid: -1}
	same, err := s.sameStream(rel, h.Size, a)
	if err != nil {
		return err
	}
	if same == nil {
		return s.putStream(rel, content, a)
	}
	defer same.Close()
	return s.putIfOther(rel, same, content, a)
}

// sameStream opens the file that is there where it could be the same already.
func (s *step) sameStream(rel string, size int64, a attributes) (*os.File, error) {
	info, err := s.run.tree.lstat(rel)
	if err != nil {
		return nil, err
	}
	if info != nil && info.IsDir() {
		return nil, errors.New("there is a directory of that name")
	}
	if info == nil || !info.Mode().IsRegular() || info.Size() != size || !a.match(info) {
		return nil, nil
	}
	return s.run.tree.root.Open(rel)
}

// putIfOther compares while it reads; at the first difference it writes what
// was the same so far, and the rest.
func (s *step) putIfOther(rel string, there *os.File, content io.Reader, a attributes) error {
	bufA, bufB := make([]byte, 32<<10), make([]byte, 32<<10)
	var same int64
	for {
		n, err := io.ReadFull(content, bufA)
		if err != nil && !atEnd(err) {
			return err
		}
		m, errB := io.ReadFull(there, bufB[:n])
		if errB != nil && !atEnd(errB) {
			return errB
		}
		if string(bufA[:n]) != string(bufB[:m]) {
			rest := io.MultiReader(io.NewSectionReader(there, 0, same), bytes.NewReader(bufA[:n]), content)
			return s.putStream(rel, rest, a)
		}
		if atEnd(err) {
			return nil
		}
		same += int64(n)
	}
}

func (s *step) putStream(rel string, content io.Reader, a attributes) error {
	if err := s.undo.makeParents(rel); err != nil {
		return err
	}
	if err := s.undo.save(rel); err != nil {
		return err
	}
	return s.run.tree.replace(rel, content, a)
}

// extractDir makes a directory; one that is there keeps its attributes.
func (s *step) extractDir(rel string, mode fs.FileMode) error {
	if rel == "." {
		return nil
	}
	info, err := s.run.tree.lstat(rel)
	if err != nil {
		return err
	}
	if info != nil && !info.IsDir() {
		return errors.New("there is a file of that name")
	}
	if info != nil {
		return nil
	}
	return s.makeDirectory(rel, nil, attributes{mode: mode | 0o700, uid: -1, gid: -1})
}
