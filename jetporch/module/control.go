package module

import (
	"errors"
	"strings"

	"github.com/sluicehq/sluice/jetporch/value"
)

// echo prints a message.
func echo(c *Call) (Plan, error) {
	return passive(func() (string, error) { return c.Args.Text("msg"), nil }), nil
}

// fail fails, in check mode too.
func fail(c *Call) (Plan, error) {
	if msg := c.Args.Text("msg"); msg != "" {
		return Plan{}, errors.New(msg)
	}
	return Plan{}, errors.New("fail invoked")
}

// debug prints variables, all of them when none are named.
func debug(c *Call) (Plan, error) {
	return passive(func() (string, error) {
		names := append(c.Args.Lists["vars"], c.Args.Lists["variables"]...)
		shown := &value.Map{}
		if len(names) == 0 {
			shown = c.Vars.Clone()
			shown.Delete("item")
		}
		for _, n := range names {
			v, _ := c.Vars.Get(n)
			shown.Set(n, v)
		}
		return strings.TrimSpace(value.YAML(shown)), nil
	}), nil
}

// assert fails unless every condition that is given holds.
func assert(c *Call) (Plan, error) {
	count := func(name string) (yes, all int) {
		for _, t := range c.Args.Tests[name] {
			if t {
				yes++
			}
		}
		return yes, len(c.Args.Tests[name])
	}
	wrong := ""
	for _, name := range []string{"true", "all_true", "false", "all_false", "some_true"} {
		yes, all := count(name)
		switch {
		case all == 0 && (name != "some_true" || c.Args.Tests[name] == nil):
		case strings.HasSuffix(name, "false") && yes > 0,
			strings.HasPrefix(name, "some") && yes == 0,
			(name == "true" || name == "all_true") && yes < all:
			wrong = name
		}
	}
	return passive(func() (string, error) {
		if wrong == "" {
			return "", nil
		}
		if msg := c.Args.Text("msg"); msg != "" {
			return "", errors.New(msg)
		}
		return "", errors.New("the assertion " + wrong + " does not hold")
	}), nil
}

// set keeps variables for the tasks that follow.
func set(c *Call) (Plan, error) {
	return passive(func() (string, error) {
		vars := c.Args.Maps["vars"]
		for _, k := range vars.Keys() {
			v, _ := vars.Get(k)
			c.Store(k, v)
		}
		return "", nil
	}), nil
}
