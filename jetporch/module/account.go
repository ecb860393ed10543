package module

import (
	"errors"
	"fmt"
	"io/fs"
	osuser "os/user"
	"slices"
	"strconv"
	"strings"
)

// account finds a line of the sandbox's passwd or group by the text in one of
// its columns. It answers nil when there is none.
func (h *Host) account(file string, column int, text string) ([]string, error) {
	all, err := h.accounts(file)
	for _, fields := range all {
		if fields[column] == text {
			return fields, nil
		}
	}
	return nil, err
}

// accounts are the lines of the sandbox's passwd or group, cut at their
// colons. A sandbox without the file has none.
func (h *Host) accounts(file string) (all [][]string, err error) {
	text, err := h.read("/etc/" + file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("cannot read the accounts: %w", err)
	}
	columns := map[string]int{"passwd": 7, "group": 4}[file]
	for _, line := range lines(string(text)) {
		if fields := strings.Split(line, ":"); len(fields) == columns {
			all = append(all, fields)
		}
	}
	return all, nil
}

// number is the number of a name in the sandbox; kind is user or group.
func (h *Host) number(file, kind, name string) (string, error) {
	fields, err := h.account(file, 0, name)
	if err == nil && fields == nil {
		err = fmt.Errorf("there is no %s %q", kind, name)
	}
	if err != nil {
		return "", err
	}
	return fields[2], nil
}

// userID is the number of a user as text.
func (h *Host) userID(name string) (string, error) {
	if h.Root != "" {
		return h.number("passwd", "user", name)
	}
	u, err := osuser.Lookup(name)
	if err != nil {
		return "", fmt.Errorf("there is no user %q", name)
	}
	return u.Uid, nil
}

// groupID is userID for groups.
func (h *Host) groupID(name string) (string, error) {
	if h.Root != "" {
		return h.number("group", "group", name)
	}
	g, err := osuser.LookupGroup(name)
	if err != nil {
		return "", fmt.Errorf("there is no group %q", name)
	}
	return g.Gid, nil
}

// userName is the name of a user, or its number when it has none.
func (h *Host) userName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if h.Root != "" {
		if fields, _ := h.account("passwd", 2, id); fields != nil {
			return fields[0]
		}
	} else if u, err := osuser.LookupId(id); err == nil {
		return u.Username
	}
	return id
}

// groupName is userName for groups.
func (h *Host) groupName(gid uint32) string {
	id := strconv.FormatUint(uint64(gid), 10)
	if h.Root != "" {
		if fields, _ := h.account("group", 2, id); fields != nil {
			return fields[0]
		}
	} else if g, err := osuser.LookupGroupId(id); err == nil {
		return g.Name
	}
	return id
}

// login is who a user is on the device: numbers, home, and the numbers of its groups.
func (h *Host) login(name string) (u *osuser.User, groups []string, err error) {
	if h.Root == "" {
		if u, err = osuser.Lookup(name); err != nil {
			return nil, nil, errors.New("there is no such user")
		}
		if groups, err = u.GroupIds(); err != nil {
			return nil, nil, fmt.Errorf("its groups cannot be read: %w", err)
		}
		return u, groups, nil
	}
	fields, err := h.account("passwd", 0, name)
	if err == nil && fields == nil {
		err = errors.New("the sandbox folder has no such user in /etc/passwd")
	}
	if err != nil {
		return nil, nil, err
	}
	all, err := h.accounts("group")
	groups = []string{fields[3]}
	for _, g := range all {
		if slices.Contains(words(g[3]), name) {
			groups = append(groups, g[2])
		}
	}
	return &osuser.User{Username: name, Uid: fields[2], Gid: fields[3], HomeDir: fields[5]}, groups, err
}
