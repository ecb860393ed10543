package install

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Limits of an archive. Each is checked before anything is made for it.
const (
	maxArchiveBytes   = 1 << 30 // of all files, where the action says nothing
	maxArchiveMembers = 100_000
	maxArchiveNames   = 16 << 20 // bytes of all names
	maxArchiveName    = 4096
	maxArchiveDepth   = 64
	maxWindow         = 64 << 20 // memory of the decompressor
	maxRatio          = 200      // unpacked to packed, once ratioFrom is reached
	ratioFrom         = 16 << 20
)

// archiveReader walks over the members of a .tar, .tar.gz or .tar.zst.
type archiveReader struct {
	tar      *tar.Reader
	close    func()
	left     int64 // bytes of files that may still come
	names    int   // bytes of names so far
	members  map[string]bool
	maxBytes int64
}

func openArchive(f *os.File, name string, maxBytes int64) (*archiveReader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if maxBytes == 0 {
		maxBytes = maxArchiveBytes
	}
	a := &archiveReader{close: func() {}, left: maxBytes, maxBytes: maxBytes, members: map[string]bool{}}
	var r io.Reader = f
	switch {
	case strings.HasSuffix(name, ".gz"), strings.HasSuffix(name, ".tgz"):
		if r, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("it is not gzip: %w", err)
		}
	case strings.HasSuffix(name, ".zst"):
		z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, fmt.Errorf("it is not zstd: %w", err)
		}
		a.close, r = z.Close, z
	}
	a.tar = tar.NewReader(&ratioReader{r: r, allowed: max(ratioFrom, info.Size()*maxRatio)})
	return a, nil
}

// next returns the next file or directory with its cleaned name, io.EOF at the
// end, and an error for everything that does not belong into an archive.
func (a *archiveReader) next() (*tar.Header, error) {
	for {
		h, err := a.tar.Next()
		if err == io.EOF {
			return nil, io.EOF
		}
		if err != nil {
			return nil, fmt.Errorf("it cannot be read: %w", err)
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		if err := a.judge(h); err != nil {
			return nil, fmt.Errorf("member %q %w", limit(h.Name, 200), err)
		}
		if h.Name != "." {
			return h, nil
		}
	}
}

func (a *archiveReader) judge(h *tar.Header) error {
	if len(h.Name) > maxArchiveName {
		return fmt.Errorf("has a name longer than %d bytes", maxArchiveName)
	}
	if !filepath.IsLocal(h.Name) || strings.ContainsAny(h.Name, "\x00\\") {
		return errors.New("leads out of the directory; use relative names without ..")
	}
	h.Name = path.Clean(h.Name)
	switch {
	case h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeDir:
		return errors.New("is neither file nor directory; links and devices are refused")
	case h.FileInfo().Mode()&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) != 0:
		return errors.New("is setuid, setgid or sticky, which is refused")
	case strings.Count(h.Name, "/") >= maxArchiveDepth:
		return fmt.Errorf("is deeper than %d directories", maxArchiveDepth)
	case a.members[h.Name]:
		return errors.New("is there twice")
	case len(a.members) >= maxArchiveMembers:
		return fmt.Errorf("is one too many; %d are allowed", maxArchiveMembers)
	}
	if a.names += len(h.Name); a.names > maxArchiveNames {
		return fmt.Errorf("is too many; all names may have %d bytes", maxArchiveNames)
	}
	if h.Size < 0 || h.Size > a.left {
		return fmt.Errorf("goes over the limit of %d bytes for all files; raise max_bytes", a.maxBytes)
	}
	a.left -= h.Size
	a.members[h.Name] = true
	return nil
}

// ratioReader ends a decompression that gives far more than was put in.
type ratioReader struct {
	r       io.Reader
	allowed int64
}

func (r *ratioReader) Read(p []byte) (int, error) {
	if r.allowed <= 0 {
		return 0, fmt.Errorf("it unpacks to more than %d times its size", maxRatio)
	}
	n, err := r.r.Read(p[:min(int64(len(p)), r.allowed)])
	r.allowed -= int64(n)
	return n, err
}
