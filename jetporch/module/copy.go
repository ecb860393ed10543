package module

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// copyFile puts a file of the bundle, or of the machine, at dest.
func copyFile(c *Call) (Plan, error) {
	name := c.Args.Text("src")
	src, err := c.source("files", name)
	if err != nil {
		return Plan{}, err
	}
	return content(c, func() (io.ReadCloser, error) {
		f, err := os.OpenFile(src, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe must not hold up the run
		if err != nil {
			return nil, SourceError{fmt.Errorf("cannot read the file to copy: %w", c.Host.named(err))}
		}
		if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
			f.Close()
			return nil, SourceError{fmt.Errorf("cannot copy %s: it is no regular file", name)}
		}
		return f, nil
	})
}

// replacement is the new content of a file of the device.
type replacement struct {
	c    *Call
	open func() (io.ReadCloser, error)
	own  owned
	name string // on the device
	path string // on this machine; a link there is replaced
}

// content brings dest to the content that open gives.
func content(c *Call, open func() (io.ReadCloser, error)) (p Plan, err error) {
	r := replacement{c: c, open: open, name: c.Args.Text("dest")}
	if r.own, err = c.owned(); err != nil {
		return p, err
	}
	now, err := open()
	if err != nil {
		return p, err
	}
	defer now.Close()
	err = c.Host.Files(func() error {
		p, err = r.plan(now)
		return err
	})
	return p, err
}

func (r replacement) plan(now io.Reader) (Plan, error) {
	var err error
	if r.path, err = r.c.Host.path(r.name); err != nil {
		return Plan{}, err
	}
	info, err := look(r.path)
	if err != nil {
		return Plan{}, err
	}
	if info == nil {
		if err := r.c.hasFolder(r.name, r.path); err != nil {
			return Plan{}, err
		}
		p := plan(Create, nil, func() error { return r.write(nil) })
		p.Diff = func() string { return r.diff("", nil) }
		return p, nil
	}
	if info.IsDir() {
		return Plan{}, fmt.Errorf("%s is a directory; dest is the name of a file", r.name)
	}
	real := r.path
	if info.Mode()&fs.ModeSymlink != 0 {
		if real, info, err = behind(r.c.Host, r.name); err != nil {
			return Plan{}, err
		}
	}
	if !info.Mode().IsRegular() {
		return Plan{}, fmt.Errorf("%s is no regular file", r.name)
	}
	same, err := sameContent(r.c.Ctx, real, now)
	if err != nil {
		return Plan{}, err
	}
	fields := r.own.drift(info)
	if !same {
		p := plan(Modify, append([]string{"Content"}, fields...), func() error { return r.write(info) })
		p.Diff = func() string { return r.diff(real, info) }
		return p, nil
	}
	if len(fields) == 0 {
		return Plan{Need: Matched}, nil
	}
	return plan(Modify, fields, r.c.Host.doing(func() error { return r.own.apply(real) })), nil
}

func (r replacement) write(before fs.FileInfo) error {
	now, err := r.open()
	if err != nil {
		return err
	}
	defer now.Close()
	err = r.c.Host.Files(func() error { return place(r.c.Ctx, r.path, now, before, r.own) })
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", r.name, err)
	}
	return nil
}

// isOpen tells whether everybody may read the file before and after, and what
// it is made of, unless that is in the bundle. A folder that is not there yet
// may come to be a private one.
func (r replacement) isOpen(before fs.FileInfo) bool {
	h, src := r.c.Host, r.c.Args.Text("src")
	folder, _, err := h.follow(filepath.Dir(h.abs(r.name)))
	return err == nil && h.worldEnters(folder) && (before == nil || h.worldReads(r.name)) &&
		(!r.own.hasMode || r.own.mode&worldReads != 0) &&
		(!filepath.IsAbs(src) || h.worldReads(src))
}

// diff is what writing would change in a text. It is "" when not everybody may
// read it, since it leaves the machine.
func (r replacement) diff(real string, before fs.FileInfo) (d string) {
	now, err := r.open()
	if err != nil {
		return ""
	}
	defer now.Close()
	_ = r.c.Host.Files(func() error {
		if !r.isOpen(before) {
			return nil
		}
		var old io.Reader = strings.NewReader("")
		from := "/dev/null"
		if before != nil {
			f, err := os.Open(real)
			if err != nil {
				return err
			}
			defer f.Close()
			old, from = f, r.name
		}
		a, okA := diffable(r.c.Ctx, old)
		b, okB := diffable(r.c.Ctx, now)
		if okA && okB {
			d = unified(from, r.name, a, b)
		}
		return nil
	})
	return d
}
