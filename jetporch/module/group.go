package module

import (
	"fmt"
	"slices"
	"strings"
)

// entry asks getent for a line of a database and cuts it at its colons. It
// answers nil when there is no such line.
func entry(c *Call, database, name string) ([]string, error) {
	out, err := c.Host.Query(c.Ctx, "getent", database, name)
	if err != nil {
		return nil, err
	}
	if out.RC == 2 {
		return nil, nil
	}
	fields := strings.Split(strings.TrimSpace(out.Stdout), ":")
	if out.RC != 0 || len(fields) < 4 {
		return nil, fmt.Errorf("cannot ask for %s in %s: code %d %s", name, database, out.RC, out.All)
	}
	return fields, nil
}

// all runs commands one after the other until one fails.
func all(c *Call, commands ...[]string) func() error {
	return func() error {
		for _, argv := range commands {
			if _, err := c.Host.Must(c.Ctx, Command{Argv: argv}); err != nil {
				return err
			}
		}
		return nil
	}
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// group makes, changes or removes a group of users.
func group(c *Call) (Plan, error) {
	name, gid := c.Args.Text("group"), c.Args.Text("gid")
	if strings.HasPrefix(name, "-") {
		return Plan{}, fmt.Errorf("%q is no name of a group", name)
	}
	now, err := entry(c, "group", name)
	if err != nil {
		return Plan{}, err
	}
	users := c.Args.Lists["users"]
	members := []string{"gpasswd", "-M", strings.Join(users, ","), name}
	switch {
	case c.Args.Bool("remove", false) && now == nil:
		return Plan{Need: Matched}, nil
	case c.Args.Bool("remove", false):
		return plan(Remove, nil, all(c, []string{"groupdel", name})), nil
	case now == nil:
		add := []string{"groupadd"}
		if gid != "" {
			add = append(add, "-g", gid)
		}
		if c.Args.Bool("system", false) {
			add = append(add, "-r")
		}
		commands := [][]string{append(add, name)}
		if len(users) > 0 {
			commands = append(commands, members)
		}
		return plan(Create, nil, all(c, commands...)), nil
	}
	var commands [][]string
	var fields []string
	if gid != "" && gid != now[2] {
		commands, fields = append(commands, []string{"groupmod", "-g", gid, name}), append(fields, "Gid")
	}
	if c.Args.Has("users") {
		have := words(now[3])
		want := slices.Clone(users)
		if c.Args.Bool("append", false) {
			want = union(have, users)
		}
		if !sameSet(have, want) {
			members[2] = strings.Join(want, ",")
			commands, fields = append(commands, members), append(fields, "Users")
		}
	}
	if len(commands) == 0 {
		return Plan{Need: Matched}, nil
	}
	return plan(Modify, fields, all(c, commands...)), nil
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}
