package module

import (
	"fmt"
	"syscall"

	"github.com/sluicehq/sluice/jetporch/value"
)

// stat saves what there is at a path. Links are not followed.
func stat(c *Call) (Plan, error) {
	return passive(func() (string, error) {
		out := value.Of("exists", false, "is_dir", false, "mode", nil, "owner", nil, "group", nil)
		err := c.Host.Files(func() error {
			path, err := c.Host.path(c.Args.Text("path"))
			if err != nil {
				return err
			}
			info, err := look(path)
			if err != nil || info == nil {
				return err
			}
			out.Set("exists", true)
			out.Set("is_dir", info.IsDir())
			if st, ok := info.Sys().(*syscall.Stat_t); ok {
				out.Set("mode", fmt.Sprintf("0o%o", st.Mode&0o7777))
				out.Set("owner", c.Host.userName(st.Uid))
				out.Set("group", c.Host.groupName(st.Gid))
			}
			return nil
		})
		if err == nil {
			c.Store(c.Args.Text("save"), out)
		}
		return "", err
	}), nil
}
