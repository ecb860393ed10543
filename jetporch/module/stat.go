package module

import (
	"fmt"
	osuser "os/user"
	"strconv"
	"syscall"

	"github.com/sluicehq/sluice/jetporch/value"
)

// stat saves what there is at a path. Links are not followed.
func stat(c *Call) (Plan, error) {
	return passive(func() (string, error) {
		out := value.Of("exists", false, "is_dir", false, "mode", nil, "owner", nil, "group", nil)
		err := c.Host.Files(func() error {
			info, err := look(c.Args.Text("path"))
			if err != nil || info == nil {
				return err
			}
			out.Set("exists", true)
			out.Set("is_dir", info.IsDir())
			if st, ok := info.Sys().(*syscall.Stat_t); ok {
				out.Set("mode", fmt.Sprintf("0o%o", st.Mode&0o7777))
				out.Set("owner", userName(st.Uid))
				out.Set("group", groupName(st.Gid))
			}
			return nil
		})
		if err == nil {
			c.Store(c.Args.Text("save"), out)
		}
		return "", err
	}), nil
}

func userName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := osuser.LookupId(id); err == nil {
		return u.Username
	}
	return id
}

func groupName(gid uint32) string {
	id := strconv.FormatUint(uint64(gid), 10)
	if g, err := osuser.LookupGroupId(id); err == nil {
		return g.Name
	}
	return id
}
