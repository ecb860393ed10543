package module

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// maxLinks is how many links one path may lead through, as in Linux.
const maxLinks = 40

// below is where a path of the device lies when the folder root stands for its
// "/": an absolute link leads to below root and ".." never leads out of it.
// The last word is followed only when that is asked for. What is not there is
// no error. The answer has no links in front of its last word; it holds as
// long as nobody else puts a link there.
func below(root, name string, last bool) (string, error) {
	at, links := "/", 0
	for rest := strings.Split(name, "/"); len(rest) > 0; {
		word := rest[0]
		rest = rest[1:]
		switch word {
		case "", ".":
			continue
		case "..":
			at = filepath.Dir(at)
			continue
		}
		at = filepath.Join(at, word)
		if len(rest) == 0 && !last {
			break
		}
		target, err := os.Readlink(filepath.Join(root, at))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EINVAL) {
			continue // not there, or no link
		} else if err != nil {
			return "", err
		}
		if links++; links > maxLinks {
			return "", fmt.Errorf("%s leads through more than %d links", name, maxLinks)
		}
		if at = filepath.Dir(at); filepath.IsAbs(target) {
			at = "/"
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	if strings.HasSuffix(name, "/") {
		return filepath.Join(root, at) + "/", nil // it must be a folder
	}
	return filepath.Join(root, at), nil
}
