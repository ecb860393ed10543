package install

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

const maxAccounts = 4 << 20

// ids looks a user and a group up in the device's own /etc/passwd and
// /etc/group; numbers are taken as they are, "" is -1. (os/user is not used:
// it asks the host, and with cgo it reaches the network.)
func (t *tree) ids(user, group string) (uid, gid int, err error) {
	if uid, err = t.id("/etc/passwd", "user", user); err != nil {
		return -1, -1, err
	}
	gid, err = t.id("/etc/group", "group", group)
	return uid, gid, err
}

func (t *tree) id(file, what, name string) (int, error) {
	if name == "" {
		return -1, nil
	}
	if n, err := strconv.ParseUint(name, 10, 31); err == nil {
		return int(n), nil
	}
	rel, err := t.resolve(file)
	if err != nil {
		return -1, err
	}
	f, err := t.root.Open(rel)
	if err != nil {
		return -1, fmt.Errorf("cannot look up %s %s: %w", what, name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxAccounts))
	if err != nil {
		return -1, fmt.Errorf("cannot look up %s %s: %w", what, name, err)
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) < 3 || fields[0] != name {
			continue
		}
		if n, err := strconv.ParseUint(fields[2], 10, 31); err == nil {
			return int(n), nil
		}
	}
	return -1, fmt.Errorf("cannot find %s %s on the device; create it first or give its number", what, name)
}
