package module

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// follow resolves a link to the file behind it.
func follow(path string) (string, fs.FileInfo, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", nil, fmt.Errorf("%s is a link that leads nowhere: %w", path, err)
	}
	info, err := os.Lstat(real)
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a link to a directory and no file", path)
	}
	return real, info, err
}

// directory makes or removes a folder, or sets its attributes.
func directory(c *Call) (p Plan, err error) {
	path := c.Args.Text("path")
	own, err := c.Args.Own.resolve(c.Pending)
	if err != nil {
		return p, err
	}
	err = c.Host.Files(func() error {
		p, err = planDirectory(c, path, own)
		return err
	})
	return p, err
}

func planDirectory(c *Call, path string, own owned) (Plan, error) {
	info, err := look(path)
	if err != nil {
		return Plan{}, err
	}
	removing, recurse := c.Args.Bool("remove", false), c.Args.Bool("recurse", false)
	do := func(f func() error) func() error { return func() error { return c.Host.Files(f) } }
	switch {
	case info == nil && removing:
		return Plan{Need: Matched}, nil
	case info == nil:
		return plan(Create, nil, do(func() error {
			if err := os.MkdirAll(path, 0o777); err != nil {
				return err
			}
			return own.apply(path)
		})), nil
	case !info.IsDir():
		return Plan{}, fmt.Errorf("%s is not a directory", path)
	case removing && filepath.Clean(path) == "/":
		return Plan{}, fmt.Errorf("cannot remove /: that is the whole machine")
	case removing && recurse:
		return plan(Remove, nil, do(func() error { return os.RemoveAll(path) })), nil
	case removing:
		if inside, err := os.ReadDir(path); err != nil || len(inside) > 0 {
			return Plan{}, fmt.Errorf("the directory %s is not empty; say recurse: true to remove what is in it", path)
		}
		return plan(Remove, nil, do(func() error { return os.Remove(path) })), nil
	}
	fields, apply := own.drift(info), own.apply
	if recurse {
		apply = own.applyTree
		if fields, err = own.treeDrift(path); err != nil {
			return Plan{}, err
		}
	}
	if len(fields) == 0 {
		return Plan{Need: Matched}, nil
	}
	return plan(Modify, fields, do(func() error { return apply(path) })), nil
}
