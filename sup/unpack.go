package sup

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
)

// Unpack does what Verify does and writes the members below dir as files of
// mode 0600, in directories of mode 0700, all fsynced. Nothing is written
// before the signatures are good. A file that is there already is an error.
// After an error the caller discards dir; the member at fault is gone from it.
func Unpack(r io.Reader, trust Trust, dir *os.Root) (*Manifest, error) {
	m, err := ReadManifest(r, trust)
	if err != nil {
		return nil, err
	}
	u := unpacker{dir: dir}
	if err := (archive{r}).members(m, &u); err != nil {
		return nil, err
	}
	if err := u.syncDirectories(m); err != nil {
		return nil, err
	}
	return m, nil
}

// unpacker writes one member at a time.
type unpacker struct {
	dir  *os.Root
	file *os.File
}

func (u *unpacker) create(m Member) (io.Writer, error) {
	if parent := path.Dir(m.Path); parent != "." {
		if err := u.dir.MkdirAll(parent, 0o700); err != nil {
			return nil, fmt.Errorf("cannot unpack member %s: %w", m.Path, err)
		}
	}
	file, err := u.dir.OpenFile(m.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot unpack member %s: %w", m.Path, err)
	}
	u.file = file
	return file, nil
}

// finish makes a good member durable and removes a bad one.
func (u *unpacker) finish(m Member, err error) error {
	if err == nil {
		if e := u.file.Sync(); e != nil {
			err = fmt.Errorf("cannot unpack member %s: %w", m.Path, e)
		}
	}
	if e := u.file.Close(); err == nil && e != nil {
		err = fmt.Errorf("cannot unpack member %s: %w", m.Path, e)
	}
	if err != nil {
		return errors.Join(err, u.dir.Remove(m.Path))
	}
	return nil
}

// syncDirectories makes the names of the files durable, deepest first.
func (u *unpacker) syncDirectories(m *Manifest) error {
	seen := map[string]bool{".": true}
	for _, member := range m.Members {
		for d := path.Dir(member.Path); !seen[d]; d = path.Dir(d) {
			seen[d] = true
		}
	}
	dirs := make([]string, 0, len(seen))
	for d := range seen {
		dirs = append(dirs, d)
	}
	slices.Sort(dirs)
	slices.Reverse(dirs)
	for _, d := range dirs {
		if err := syncDirectory(u.dir, d); err != nil {
			return fmt.Errorf("cannot unpack: directory %s: %w", d, err)
		}
	}
	return nil
}

func syncDirectory(root *os.Root, name string) error {
	d, err := root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
