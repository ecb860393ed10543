package module

import (
	"fmt"
	"strings"
)

// manager is a package manager.
type manager interface {
	// installed is the version of a package, and whether it is there.
	installed(c *Call, name string) (string, bool, error)
	// available is the version that an update would install.
	available(c *Call, name string) (string, error)
	install(c *Call, name, version string) Command
	upgrade(c *Call, name string) Command
	remove(c *Call, name string) Command
	// is tells whether an installed version is the one that is asked for.
	is(installed, asked string) bool
}

// release is for managers whose versions end with the release of the package
// ("2.0-3"): who asks for 2.0 takes any of them.
type release struct{}

func (release) is(installed, asked string) bool {
	cut := strings.LastIndexByte(installed, '-')
	return installed == asked || cut > 0 && installed[:cut] == asked
}

// packages is the module of a package manager.
func packages(m manager) Func {
	return func(c *Call) (Plan, error) {
		name, version := c.Args.Text("package"), c.Args.Text("version")
		if name == "" || name[0] == '-' {
			return Plan{}, fmt.Errorf("%q is no name of a package", name)
		}
		now, there, err := m.installed(c, name)
		if err != nil {
			return Plan{}, err
		}
		run := func(cmd Command) func() (Result, error) {
			return func() (Result, error) {
				out, err := c.Host.Must(c.Ctx, cmd)
				if err != nil {
					return Result{}, err
				}
				return Result{Output: out}, nil
			}
		}
		switch {
		case c.Args.Bool("remove", false) && there:
			return Plan{Need: Remove, Apply: run(m.remove(c, name))}, nil
		case c.Args.Bool("remove", false):
			return Plan{Need: Matched}, nil
		case !there:
			return Plan{Need: Create, Apply: run(m.install(c, name, version))}, nil
		case version != "" && !m.is(now, version):
			return Plan{Need: Modify, Fields: []string{"Version"}, Apply: run(m.install(c, name, version))}, nil
		case version == "" && c.Args.Bool("update", false):
			newest, err := m.available(c, name)
			if err != nil {
				return Plan{}, err
			}
			if newest != "" && newest != now {
				return Plan{Need: Modify, Fields: []string{"Version"}, Apply: run(m.upgrade(c, name))}, nil
			}
		}
		return Plan{Need: Matched}, nil
	}
}

// ask runs a query of a package manager and answers an error when the program
// itself is not there.
func ask(c *Call, argv ...string) (Output, error) {
	out, err := c.Host.Query(c.Ctx, argv...)
	if err == nil && out.RC == rcNotStarted {
		err = fmt.Errorf("cannot ask for packages: %s", out.All)
	}
	return out, err
}
