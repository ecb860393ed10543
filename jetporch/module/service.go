package module

import (
	"fmt"
	"strings"
)

// service starts, stops, restarts, enables and disables a unit of systemd.
// What a task does not ask for is not looked at.
func service(c *Call) (Plan, error) {
	name := c.Args.Text("service")
	unit, err := readUnit(c, name)
	if err != nil {
		return Plan{}, err
	}
	verbs, fields, err := steps(c.Args, name, unit)
	if err != nil || len(verbs) == 0 {
		return Plan{Need: Matched}, err
	}
	if unit["NeedDaemonReload"] == "yes" {
		verbs = append([]string{"daemon-reload"}, verbs...)
	}
	return plan(Modify, fields, func() error {
		for _, verb := range verbs {
			argv := []string{"systemctl", verb, "--", name}
			if verb == "daemon-reload" {
				argv = argv[:2]
			}
			if _, err := c.Host.Must(c.Ctx, Command{Argv: argv}); err != nil {
				return err
			}
		}
		return nil
	}), nil
}

func readUnit(c *Call, name string) (map[string]string, error) {
	out, err := c.Host.Query(c.Ctx, "systemctl", "show", "-p", "LoadState,ActiveState,UnitFileState,NeedDaemonReload", "--", name)
	if err != nil {
		return nil, err
	}
	if out.RC != 0 {
		return nil, fmt.Errorf("cannot ask for the service %s: %s", name, out.All)
	}
	unit := map[string]string{}
	for _, line := range lines(out.Stdout) {
		k, v, _ := strings.Cut(line, "=")
		unit[k] = v
	}
	switch unit["LoadState"] {
	case "":
		return unitOnDisk(c, name)
	case "not-found":
		if c.Pending {
			return map[string]string{"ActiveState": "inactive", "UnitFileState": "disabled"}, nil
		}
		return nil, fmt.Errorf("there is no service %s", name)
	case "masked":
		return nil, fmt.Errorf("the service %s is masked; unmask it first", name)
	}
	return unit, nil
}

// unitOnDisk is for a chroot, where systemd does not run and systemctl answers
// nothing but what lies in files: a unit can be enabled and disabled.
func unitOnDisk(c *Call, name string) (map[string]string, error) {
	if c.Args.Has("started") || c.Args.Bool("restart", false) {
		return nil, fmt.Errorf("the service %s can be neither started nor stopped: systemd does not run here", name)
	}
	out, err := c.Host.Query(c.Ctx, "systemctl", "is-enabled", "--", name)
	if err != nil {
		return nil, err
	}
	state := strings.TrimSpace(out.Stdout)
	switch {
	case state == "masked":
		return nil, fmt.Errorf("the service %s is masked; unmask it first", name)
	case state != "" && state != "not-found":
		return map[string]string{"UnitFileState": state}, nil
	case c.Pending:
		return map[string]string{"UnitFileState": "disabled"}, nil
	}
	return nil, fmt.Errorf("there is no service %s", name)
}

// steps is what systemctl has to do, in order, and how it is called in
// events.
func steps(a Args, name string, unit map[string]string) (verbs, fields []string, err error) {
	add := func(verb, field string) { verbs, fields = append(verbs, verb), append(fields, field) }
	state := unit["ActiveState"]
	running := state == "active" || state == "activating" || state == "reloading" || state == "refreshing"
	started, restart := a.Bool("started", running), a.Bool("restart", false)
	switch {
	case a.Has("started") && !started && restart:
		return nil, nil, fmt.Errorf("the service %s cannot be stopped and restarted by one task", name)
	case running && restart:
		add("restart", "Restart")
	case !running && (restart || started && a.Has("started")):
		add("start", "Start")
	case running && a.Has("started") && !started:
		add("stop", "Stop")
	}
	if !a.Has("enabled") {
		return verbs, fields, nil
	}
	want := a.Bool("enabled", false)
	switch file := unit["UnitFileState"]; file {
	case "enabled", "alias", "enabled-runtime":
		if !want {
			add("disable", "Disable")
		}
	case "disabled", "linked", "linked-runtime":
		if want {
			add("enable", "Enable")
		}
	default:
		return nil, nil, fmt.Errorf("the service %s is %q and can be neither enabled nor disabled; leave enabled out", name, file)
	}
	return verbs, fields, nil
}
