package module

import (
	"fmt"
	"os"
)

// directory makes or removes a folder, or sets its attributes.
func directory(c *Call) (Plan, error) { return c.asOwner(planDirectory) }

func planDirectory(c *Call, name string, own owned) (Plan, error) {
	path, err := c.Host.path(name)
	if err != nil {
		return Plan{}, err
	}
	info, err := look(path)
	if err != nil {
		return Plan{}, err
	}
	removing, recurse := c.Args.Bool("remove", false), c.Args.Bool("recurse", false)
	switch {
	case info == nil && removing:
		return Plan{Need: Matched}, nil
	case info == nil:
		return plan(Create, nil, c.Host.doing(func() error {
			if err := os.MkdirAll(path, 0o777); err != nil {
				return err
			}
			return own.apply(path)
		})), nil
	case !info.IsDir():
		return Plan{}, fmt.Errorf("%s is not a directory", name)
	case removing && c.Host.isWhole(info):
		return Plan{}, fmt.Errorf("cannot remove /: that is the whole machine")
	case removing && recurse:
		return plan(Remove, nil, c.Host.doing(func() error { return os.RemoveAll(path) })), nil
	case removing:
		if inside, err := os.ReadDir(path); err != nil || len(inside) > 0 {
			return Plan{}, fmt.Errorf("the directory %s is not empty; say recurse: true to remove what is in it", name)
		}
		return plan(Remove, nil, c.Host.doing(func() error { return os.Remove(path) })), nil
	}
	fields, apply := own.drift(info), func() error { return own.apply(path) }
	if recurse {
		apply = func() error { return own.applyTree(c.Ctx, path) }
		if fields, err = own.treeDrift(c.Ctx, path); err != nil {
			return Plan{}, err
		}
	}
	if len(fields) == 0 {
		return Plan{Need: Matched}, nil
	}
	return plan(Modify, fields, c.Host.doing(apply)), nil
}
