package sup

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// EnvelopeName is the first member of every package.
const EnvelopeName = "manifest.dsse.json"

const blockSize = 512

// tarEnd is what follows the last member: two blocks of zeros and no more.
var tarEnd [2 * blockSize]byte

// tarHeader returns the one header that a member of this name and size may
// have: POSIX ustar, regular file, mode 0644, everything else zero or empty.
func tarHeader(name string, size int64) ([]byte, error) {
	var b bytes.Buffer
	err := tar.NewWriter(&b).WriteHeader(&tar.Header{
		Format: tar.FormatUSTAR, Typeflag: tar.TypeReg,
		Name: name, Size: size, Mode: 0o644, ModTime: time.Unix(0, 0),
	})
	if err != nil || b.Len() != blockSize {
		return nil, errors.New("its name or size does not fit a ustar header; use at most 100 bytes behind the last slash and 155 before it")
	}
	return b.Bytes(), nil
}

// tarName returns the name that a header claims, for messages only.
func tarName(header []byte) string {
	name, prefix := cString(header[0:100]), cString(header[345:500])
	if prefix != "" {
		return prefix + "/" + name
	}
	return name
}

func cString(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}

// tarSize returns the size that a header claims: eleven octal digits.
func tarSize(header []byte) (int64, error) {
	size, err := strconv.ParseUint(string(header[124:135]), 8, 63)
	return int64(size), err
}

// tarKind says in words what a header describes, empty for a regular file.
func tarKind(header []byte) string {
	switch header[156] {
	case tar.TypeReg:
		return ""
	case tar.TypeLink:
		return "a hard link"
	case tar.TypeSymlink:
		return "a symbolic link"
	case tar.TypeChar, tar.TypeBlock:
		return "a device node"
	case tar.TypeDir:
		return "a directory"
	case tar.TypeFifo:
		return "a FIFO"
	case tar.TypeXHeader, tar.TypeXGlobalHeader:
		return "a PAX extension header"
	case tar.TypeGNULongName, tar.TypeGNULongLink, tar.TypeGNUSparse:
		return "a GNU extension header"
	}
	return fmt.Sprintf("of the unknown type %+q", header[156])
}

// padding is the count of zeros behind a member's content.
func padding(size int64) int64 { return -size & (blockSize - 1) }

// writeMember writes a header, size bytes of content and the padding.
func writeMember(w io.Writer, name string, size int64, content io.Reader) error {
	header, err := tarHeader(name, size)
	if err != nil {
		return refuseMember(name, "%v", err)
	}
	if _, err := w.Write(header); err != nil {
		return fmt.Errorf("cannot write package: %w", err)
	}
	if n, err := io.CopyN(w, content, size); err != nil {
		return fmt.Errorf("cannot write package: member %s: %d of %d bytes copied: %w", name, n, size, err)
	}
	if _, err := w.Write(tarEnd[:padding(size)]); err != nil {
		return fmt.Errorf("cannot write package: %w", err)
	}
	return nil
}
