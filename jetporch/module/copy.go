package module

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// copyFile puts a file of the bundle, or of the machine, at dest.
func copyFile(c *Call) (Plan, error) {
	src := c.Find("files", c.Args.Text("src"))
	open := func() (io.ReadCloser, error) {
		f, err := os.Open(src)
		if err != nil {
			return nil, SourceError{fmt.Errorf("cannot read the file to copy: %w", err)}
		}
		if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
			f.Close()
			return nil, SourceError{fmt.Errorf("cannot copy %s: it is no regular file", src)}
		}
		return f, nil
	}
	return content(c, open)
}

// content brings dest to the content that open gives.
func content(c *Call, open func() (io.ReadCloser, error)) (p Plan, err error) {
	own, err := c.Args.Own.resolve(c.Pending)
	if err != nil {
		return p, err
	}
	r, err := open()
	if err != nil {
		return p, err
	}
	defer r.Close()
	dest := c.Args.Text("dest")
	err = c.Host.Files(func() error {
		p, err = planContent(c, dest, own, r, open)
		return err
	})
	return p, err
}

func planContent(c *Call, dest string, own owned, now io.Reader, open func() (io.ReadCloser, error)) (Plan, error) {
	info, err := look(dest)
	if err != nil {
		return Plan{}, err
	}
	write := func(before fs.FileInfo) func() error {
		return func() error {
			r, err := open()
			if err != nil {
				return err
			}
			defer r.Close()
			return c.Host.Files(func() error { return place(dest, r, before, own) })
		}
	}
	if info == nil {
		return plan(Create, nil, write(nil)), nil
	}
	if info.IsDir() {
		return Plan{}, fmt.Errorf("%s is a directory; dest is the name of a file", dest)
	}
	behind, err := os.Stat(dest)
	if err != nil || !behind.Mode().IsRegular() {
		return Plan{}, fmt.Errorf("%s is no regular file", dest)
	}
	same, err := sameContent(dest, now)
	if err != nil {
		return Plan{}, err
	}
	if !same {
		return plan(Modify, append([]string{"Content"}, own.drift(behind)...), write(behind)), nil
	}
	if fields := own.drift(behind); len(fields) > 0 {
		real := dest
		if info.Mode()&fs.ModeSymlink != 0 {
			if real, _, err = follow(dest); err != nil {
				return Plan{}, err
			}
		}
		return plan(Modify, fields, func() error { return c.Host.Files(func() error { return own.apply(real) }) }), nil
	}
	return Plan{Need: Matched}, nil
}

func fixed(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(text))), nil }
}
