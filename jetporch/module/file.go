package module

import (
	"fmt"
	"io/fs"
	"os"
)

// file makes an empty file, removes a file, or sets its attributes.
func file(c *Call) (Plan, error) { return c.asOwner(planFile) }

func planFile(c *Call, name string, own owned) (Plan, error) {
	path, err := c.Host.path(name)
	if err != nil {
		return Plan{}, err
	}
	info, err := look(path)
	if err != nil {
		return Plan{}, err
	}
	removing := c.Args.Bool("remove", false)
	switch {
	case info == nil && removing:
		return Plan{Need: Matched}, nil
	case info == nil:
		if err := c.hasFolder(name, path); err != nil {
			return Plan{}, err
		}
		return plan(Create, nil, c.Host.doing(func() error { return touch(path, own) })), nil
	case info.IsDir():
		return Plan{}, fmt.Errorf("%s is a directory and no file", name)
	case removing:
		return plan(Remove, nil, c.Host.doing(func() error { return os.Remove(path) })), nil
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if path, info, err = behind(c.Host, name); err != nil {
			return Plan{}, err
		}
	}
	if fields := own.drift(info); len(fields) > 0 {
		return plan(Modify, fields, c.Host.doing(func() error { return own.apply(path) })), nil
	}
	return Plan{Need: Matched}, nil
}

func touch(path string, own owned) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return own.apply(path)
}
