package sup

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// checkDevicePath judges a path on the device: absolute, clean, text without
// control characters. The root itself is a path only where asked for.
func checkDevicePath(name, p string, root bool) error {
	switch {
	case p == "":
		return fmt.Errorf("%s is missing", name)
	case !strings.HasPrefix(p, "/"):
		return fmt.Errorf("%s %s is not absolute", name, printable(p))
	case slices.Contains(strings.Split(p, "/"), ".."):
		return fmt.Errorf("%s %s contains ..", name, printable(p))
	case path.Clean(p) != p:
		return fmt.Errorf("%s %s is not clean; write %s", name, printable(p), printable(path.Clean(p)))
	case p == "/" && !root:
		return fmt.Errorf("%s is the root directory", name)
	}
	if err := checkText(p); err != nil {
		return fmt.Errorf("%s %s %w", name, printable(p), err)
	}
	return checkLength(name, p)
}

// checkMemberPath judges the path of a member: relative, clean, printable
// ASCII without backslash, and short enough for a ustar header.
func checkMemberPath(p string) error {
	switch {
	case p == "":
		return errors.New("its path is empty")
	case strings.HasPrefix(p, "/"):
		return errors.New("its path is absolute")
	case slices.Contains(strings.Split(p, "/"), ".."):
		return errors.New("its path contains ..")
	case path.Clean(p) != p || p == ".":
		return errors.New("its path is not clean")
	case p == EnvelopeName:
		return errors.New("its path is that of the envelope")
	case !memberPath.MatchString(p):
		return errors.New("its path holds a character that is not printable ASCII, or a backslash")
	}
	if err := checkLength("its path", p); err != nil {
		return err
	}
	_, err := tarHeader(p, 0)
	return err
}

var memberPath = regexp.MustCompile(`^[ -\[\]-~]+$`)

func checkLength(name, p string) error {
	if len(p) > MaxPath {
		return fmt.Errorf("%s is longer than %d bytes", name, MaxPath)
	}
	for c := range strings.SplitSeq(p, "/") {
		if len(c) > MaxComponent {
			return fmt.Errorf("%s has a component of more than %d bytes", name, MaxComponent)
		}
	}
	return nil
}

// checkText refuses what no terminal and no argument list can hold.
func checkText(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("is not UTF-8")
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			return errors.New("contains a control character")
		}
	}
	return nil
}
