package operator

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

// Limits of a bundle, as the server has them.
const (
	maxBundleFiles = 1000
	maxBundle      = 32 << 20 // bytes of its files
)

// uploadBundle sends a folder as a .zip under its name.
func uploadBundle(cmd *cobra.Command, c *client.Client, dir string, unit int64) (client.File, error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return client.File{}, fmt.Errorf("cannot upload: %w", err)
	}
	var packed bytes.Buffer
	if err := zipFolder(&packed, os.DirFS(dir)); err != nil {
		return client.File{}, fmt.Errorf("cannot upload %s: %w", dir, err)
	}
	name, size := filepath.Base(full)+".zip", int64(packed.Len())
	p := newProgress(cmd.ErrOrStderr(), name, size)
	defer p.end()
	return c.UploadIn(cmd.Context(), unit, name, &packed, size, p.at)
}

// zipFolder packs the files of a folder in the order of their names, without
// times, so that the same files give the same bytes. What begins with a dot is
// left out.
func zipFolder(w io.Writer, files fs.FS) error {
	packed := zip.NewWriter(w)
	count, room := 0, int64(maxBundle)
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return nil
		case !entry.Type().IsRegular():
			return fmt.Errorf("%s is no regular file; bundles hold no links or devices", name)
		}
		if count++; count > maxBundleFiles {
			return fmt.Errorf("it has more than the %d files that a bundle may have", maxBundleFiles)
		}
		n, err := zipFile(packed, files, name, room)
		if room -= n; err == nil && room < 0 {
			err = fmt.Errorf("its files have more than the %d bytes that a bundle may have", maxBundle)
		}
		return err
	})
	if err != nil {
		return err
	}
	return packed.Close()
}

// zipFile packs a file, at most a byte more than room.
func zipFile(packed *zip.Writer, files fs.FS, name string, room int64) (int64, error) {
	in, err := files.Open(name)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := packed.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return 0, err
	}
	return io.Copy(out, io.LimitReader(in, room+1))
}
