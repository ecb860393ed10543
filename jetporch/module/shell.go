package module

import (
	"errors"
	"fmt"

	"github.com/sluicehq/sluice/jetporch/value"
)

// shell runs a command by sh -c. It is always a change, unless changed_when
// says otherwise.
func shell(c *Call) (Plan, error) {
	if err := c.Host.mayRun("sh"); err != nil {
		return Plan{}, err
	}
	return Plan{Need: Execute, Apply: func() (Result, error) {
		out, err := c.Host.Run(c.Ctx, Command{Argv: []string{"sh", "-c", c.Args.Text("cmd")}, Joined: true})
		if err != nil {
			return Result{Output: out.All}, err
		}
		saved := value.Of("rc", int64(out.RC), "out", out.All)
		if name := c.Args.Text("save"); name != "" {
			c.Store(name, saved)
		}
		return judge(c, out, saved, out.RC != 0)
	}}, nil
}

// judge applies failed_when and changed_when.
func judge(c *Call, out Output, extra *value.Map, failed bool) (Result, error) {
	res := Result{Output: out.All}
	if expr, ok := c.Args.Texts["failed_when"]; ok {
		var err error
		if failed, err = c.Test(expr, extra); err != nil {
			return res, fmt.Errorf("cannot test failed_when: %w", err)
		}
	}
	if failed {
		if out.RC == rcNotStarted {
			return Result{}, errors.New(out.All)
		}
		return res, fmt.Errorf("the command failed with code %d", out.RC)
	}
	if expr, ok := c.Args.Texts["changed_when"]; ok {
		changed, err := c.Test(expr, extra)
		if err != nil {
			return res, fmt.Errorf("cannot test changed_when: %w", err)
		}
		res.Passive = !changed
	}
	return res, nil
}
