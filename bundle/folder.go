package bundle

import (
	"fmt"
	"io"
	"io/fs"
	"testing/fstest"
)

// gather reads the files of a folder into memory, within the limits of a .zip.
func gather(dir fs.FS) (fs.FS, error) {
	files, room := fstest.MapFS{}, int64(MaxBytes)
	err := fs.WalkDir(dir, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && foreign(name) && entry.IsDir():
			return fs.SkipDir
		case name != "." && foreign(name) || entry.IsDir():
			return nil
		case !entry.Type().IsRegular():
			return fmt.Errorf("%s is no regular file; bundles hold no links or devices", name)
		case len(files) == MaxFiles:
			return tooMany()
		}
		content, err := readAtMost(func() (io.ReadCloser, error) { return dir.Open(name) }, room)
		if err != nil {
			return err
		}
		if room -= int64(len(content)); room < 0 {
			return tooMuch()
		}
		files[name] = &fstest.MapFile{Data: content, Mode: 0o644}
		return nil
	})
	return files, err
}

// readAtMost reads what is opened, at most a byte more than room.
func readAtMost(open func() (io.ReadCloser, error), room int64) ([]byte, error) {
	in, err := open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, room+1))
}
