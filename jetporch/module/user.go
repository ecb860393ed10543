package module

import (
	"fmt"
	"slices"
	"strings"
)

// user makes, changes or removes a user. Only what differs is changed.
func user(c *Call) (Plan, error) {
	name := c.Args.Text("user")
	if strings.HasPrefix(name, "-") {
		return Plan{}, fmt.Errorf("%q is no name of a user", name)
	}
	now, err := entry(c, "passwd", name)
	if err != nil {
		return Plan{}, err
	}
	if now != nil && len(now) < 7 {
		return Plan{}, fmt.Errorf("cannot read the entry of the user %s", name)
	}
	if c.Args.Bool("remove", false) {
		if now == nil {
			return Plan{Need: Matched}, nil
		}
		del := []string{"userdel"}
		if c.Args.Bool("cleanup", false) {
			del = append(del, "-r")
		}
		return plan(Remove, nil, all(c, append(del, name))), nil
	}
	if now == nil {
		return plan(Create, nil, all(c, append(userAdd(c.Args), name))), nil
	}
	mod, fields, err := userMod(c, name, now)
	if err != nil || len(fields) == 0 {
		return Plan{Need: Matched}, err
	}
	return plan(Modify, fields, all(c, append(mod, name))), nil
}

// userAdd is the command for a new user. With a primary group given, no group
// of the user's own is made: useradd takes one of the two only.
func userAdd(a Args) []string {
	argv := []string{"useradd"}
	for _, o := range [][2]string{{"uid", "-u"}, {"gid", "-g"}, {"gecos", "-c"}, {"shell", "-s"}} {
		if a.Has(o[0]) {
			argv = append(argv, o[1], a.Text(o[0]))
		}
	}
	if list := a.Lists["groups"]; len(list) > 0 {
		argv = append(argv, "-G", strings.Join(list, ","))
	}
	if a.Bool("system", false) {
		argv = append(argv, "-r")
	}
	if a.Bool("create_home", true) {
		argv = append(argv, "-m")
	} else {
		argv = append(argv, "-M")
	}
	switch {
	case a.Has("gid"):
	case a.Bool("create_user_group", true):
		argv = append(argv, "-U")
	default:
		argv = append(argv, "-N")
	}
	return argv
}

func userMod(c *Call, name string, now []string) (argv, fields []string, err error) {
	argv = []string{"usermod"}
	add := func(field string, option ...string) {
		argv, fields = append(argv, option...), append(fields, field)
	}
	if uid := c.Args.Text("uid"); uid != "" && uid != now[2] {
		add("Uid", "-u", uid)
	}
	if gid := c.Args.Text("gid"); gid != "" && gid != now[3] {
		g, err := entry(c, "group", gid)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case g == nil && c.Pending:
			g = []string{gid, "", ""}
		case g == nil:
			return nil, nil, fmt.Errorf("there is no group %s", gid)
		}
		if g[2] != now[3] {
			add("Gid", "-g", gid)
		}
	}
	if c.Args.Has("gecos") && c.Args.Text("gecos") != now[4] {
		add("Gecos", "-c", c.Args.Text("gecos"))
	}
	if c.Args.Has("shell") && c.Args.Text("shell") != now[6] {
		add("Shell", "-s", c.Args.Text("shell"))
	}
	if !c.Args.Has("groups") {
		return argv, fields, nil
	}
	have, err := groupsOf(c, name)
	if err != nil {
		return nil, nil, err
	}
	want := c.Args.Lists["groups"]
	if c.Args.Bool("append", false) {
		want = union(have, want)
	}
	if !sameSet(have, want) {
		add("Groups", "-G", strings.Join(want, ","))
	}
	return argv, fields, nil
}

// groupsOf lists the groups that name a user as member, without the primary
// one.
func groupsOf(c *Call, name string) ([]string, error) {
	out, err := c.Host.Query(c.Ctx, "getent", "group")
	if err != nil {
		return nil, err
	}
	if out.RC != 0 {
		return nil, fmt.Errorf("cannot list the groups: %s", out.All)
	}
	var groups []string
	for _, line := range lines(out.Stdout) {
		fields := strings.Split(line, ":")
		if len(fields) == 4 && slices.Contains(words(fields[3]), name) {
			groups = append(groups, fields[0])
		}
	}
	return groups, nil
}
