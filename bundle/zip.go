package bundle

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing/fstest"

	"github.com/sluicehq/sluice/sup"
)

// maxHeaders bounds how many entries the directory of a .zip may seem to have
// before it is read. It is generous: the mark of an entry may also be content.
const maxHeaders = 20 * MaxFiles

var headerMark = []byte("PK\x01\x02")

// unpack reads the files of a .zip into memory. A single folder around all of
// them is left out.
func unpack(text []byte) (fs.FS, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("it has %d bytes, more than the %d allowed", len(text), MaxBytes)
	}
	if bytes.Count(text, headerMark) > maxHeaders {
		return nil, tooMany()
	}
	r, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, fmt.Errorf("it is no .zip that can be read: %v", err)
	}
	if len(r.File) > MaxFiles {
		return nil, tooMany()
	}
	files, room := fstest.MapFS{}, uint64(MaxBytes)
	for _, f := range r.File {
		name, isFile, err := checkEntry(f)
		if err != nil {
			return nil, fmt.Errorf("%.200q: %w", f.Name, err)
		}
		if !isFile {
			continue
		}
		if files[name] != nil {
			return nil, fmt.Errorf("%q comes twice", name)
		}
		if f.UncompressedSize64 > room {
			return nil, tooMuch()
		}
		room -= f.UncompressedSize64
		content, err := readAtMost(f.Open, MaxBytes) // the reader holds it to the size of its header
		if err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
		files[name] = &fstest.MapFile{Data: content, Mode: 0o644}
	}
	for name := range files {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if files[dir] != nil {
				return nil, fmt.Errorf("%q is a file and a folder", dir)
			}
		}
	}
	return fs.Sub(files, around(files))
}

func tooMany() error { return fmt.Errorf("it has more than the %d files allowed", MaxFiles) }
func tooMuch() error { return fmt.Errorf("its files have more than the %d bytes allowed", MaxBytes) }

// checkEntry names a file of the bundle, and refuses what is neither a plain
// file nor a folder. What other systems add is no file of it.
func checkEntry(f *zip.File) (name string, isFile bool, err error) {
	name = strings.ReplaceAll(f.Name, `\`, "/") // as .NET and PowerShell wrote them for long
	name, folder := strings.CutSuffix(strings.TrimPrefix(name, "./"), "/")
	switch mode := f.Mode(); {
	case len(name) > sup.MaxPath:
		return name, false, fmt.Errorf("its name has more than the %d bytes allowed", sup.MaxPath)
	case f.Name == "./": // the folder that was packed
		return name, false, nil
	case !fs.ValidPath(name) || name == "." || strings.Contains(name, ":"):
		return name, false, fmt.Errorf("its name is no plain path below the bundle")
	case foreign(name):
		return name, false, nil
	case f.Flags&1 != 0:
		return name, false, fmt.Errorf("it is encrypted")
	case folder && (mode.IsDir() || f.UncompressedSize64 == 0):
		return name, false, nil
	case folder || !mode.IsRegular():
		return name, false, fmt.Errorf("it is no regular file; bundles hold no links or devices")
	}
	return name, true, nil
}

// foreign tells whether a name is that of a desktop or an editor: macOS keeps
// its attributes in __MACOSX, and what begins with a dot is not packed by
// "sluice release create DIR" either.
func foreign(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") {
			return true
		}
	}
	top, _, _ := strings.Cut(name, "/")
	return top == "__MACOSX"
}

// around is the folder that holds everything, or ".".
func around(files fstest.MapFS) string {
	top := ""
	for name := range files {
		first, _, inFolder := strings.Cut(name, "/")
		if !inFolder || top != "" && top != first {
			return "."
		}
		top = first
	}
	if top == "" {
		return "."
	}
	return top
}
