package install

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

const maxXattrs = 64 << 10 // bytes of names and values of one file

// readXattrs reads the extended attributes of a file: its capabilities and its
// label belong to what a rollback brings back.
func readXattrs(f *os.File) (map[string][]byte, error) {
	names := make([]byte, maxXattrs)
	n, err := unix.Flistxattr(int(f.Fd()), names)
	if errors.Is(err, unix.ENOTSUP) || n == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot list extended attributes: %w", err)
	}
	attrs, left := map[string][]byte{}, maxXattrs-n
	for name := range strings.SplitSeq(strings.TrimRight(string(names[:n]), "\x00"), "\x00") {
		if left <= 0 {
			return nil, fmt.Errorf("cannot keep extended attributes of more than %d bytes", maxXattrs)
		}
		value := make([]byte, left)
		n, err := unix.Fgetxattr(int(f.Fd()), name, value)
		if err != nil {
			return nil, fmt.Errorf("cannot read extended attribute %s: %w", name, err)
		}
		attrs[name] = value[:n:n]
		left -= n
	}
	return attrs, nil
}

func writeXattrs(f *os.File, attrs map[string][]byte) error {
	for name, value := range attrs {
		if err := unix.Fsetxattr(int(f.Fd()), name, value, 0); err != nil {
			return fmt.Errorf("cannot set extended attribute %s: %w", name, err)
		}
	}
	return nil
}
