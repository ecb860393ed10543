package module

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// maxSystemFile bounds a file of the device that is read whole: passwd, group
// and os-release.
const maxSystemFile = 4 << 20

// path is the name of a file of the device on this machine, ready for
// os.Lstat: a link that the name ends with is not followed.
func (h *Host) path(name string) (string, error) {
	if name = h.abs(name); h.Root == "" || name == "" {
		return name, nil
	}
	return below(h.Root, name, false)
}

// abs is the full name of a file of the device. A name without a slash in
// front begins at the folder that programs are started in, as with jetp, which
// goes there itself (jetporch.md 1.1).
func (h *Host) abs(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	dir, ok := h.device(h.Dir)
	if !ok {
		dir = "/"
	}
	return dir + "/" + name // not joined: a slash at the end has a meaning
}

// follow is path with every link followed, and what is there.
func (h *Host) follow(name string) (real string, info fs.FileInfo, err error) {
	if name = h.abs(name); h.Root == "" {
		real, err = filepath.EvalSymlinks(name)
	} else {
		real, err = below(h.Root, name, true)
	}
	if err == nil {
		info, err = os.Lstat(real)
	}
	return real, info, h.named(err)
}

// isWhole tells whether a folder is the root of the device.
func (h *Host) isWhole(folder fs.FileInfo) bool {
	root, err := os.Stat(h.Root + "/")
	return err != nil || os.SameFile(root, folder)
}

// worldReads tells whether everybody may read a file of the device: the file
// itself and every folder on the way to it. The folder that stands for the
// device counts as its "/", which everybody enters.
func (h *Host) worldReads(name string) bool {
	real, info, err := h.follow(name)
	return err == nil && info.Mode()&worldReads != 0 && h.worldEnters(filepath.Dir(real))
}

// worldEnters is worldReads for what is in a folder of this machine, whose
// path has no links.
func (h *Host) worldEnters(dir string) bool {
	for ; dir != h.Root; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode()&worldEnters == 0 {
			return false
		}
		if dir == "/" {
			break
		}
	}
	return true
}

// device is the name on the device of a path on this machine, and whether it
// has one.
func (h *Host) device(path string) (string, bool) {
	switch h.Root {
	case "":
		return path, true
	case path:
		return "/", true
	}
	rest, below := strings.CutPrefix(path, h.Root)
	return rest, below && rest[0] == '/'
}

// named makes an error of the system speak of the device's paths.
func (h *Host) named(err error) error {
	if h.Root == "" {
		return err
	}
	rename := func(path *string) {
		if name, ok := h.device(*path); ok {
			*path = name
		}
	}
	var one *fs.PathError
	if errors.As(err, &one) {
		rename(&one.Path)
	}
	var two *os.LinkError
	if errors.As(err, &two) {
		rename(&two.Old)
		rename(&two.New)
	}
	return err
}

// read is the content of a regular file of the device.
func (h *Host) read(name string) ([]byte, error) {
	real, _, err := h.follow(name)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(real, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, h.named(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSystemFile+1))
	if len(text) > maxSystemFile {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, maxSystemFile)
	}
	return text, h.named(err)
}

// temporary makes a folder for a program that is to run on the device.
func (h *Host) temporary() (string, error) {
	parent := ""
	if h.Root != "" {
		real, _, err := h.follow("/tmp")
		if err != nil {
			return "", err
		}
		parent = real
	}
	dir, err := os.MkdirTemp(parent, "jetporch-")
	return dir, h.named(err)
}

// source is where a file that a task reads lies: in the bundle, or, when its
// name is absolute, on the device. In a sandbox nothing else can be read.
func (c *Call) source(folder, name string) (string, error) {
	if c.Host.Root == "" {
		return c.Find(folder, name), nil
	}
	if !filepath.IsAbs(name) {
		src := c.Find(folder, name)
		if rel, err := filepath.Rel(c.Bundle, src); err != nil || !filepath.IsLocal(rel) {
			return "", SourceError{fmt.Errorf("%s is not in the folder of the playbook", name)}
		}
		return src, nil
	}
	real, _, err := c.Host.follow(name)
	if err != nil {
		return "", SourceError{fmt.Errorf("cannot read %s: %w", name, err)}
	}
	return real, nil
}
