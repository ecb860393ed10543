package module

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// Own is the block "attributes".
type Own struct {
	Owner, Group string
	Mode         string // 0o and octal digits, or ""
}

// toCome is the number of a user or group that a check cannot know yet. It is
// never applied.
const toCome = math.MaxInt32

// owned is Own with the names looked up.
type owned struct {
	uid, gid int // -1: not given
	mode     fs.FileMode
	hasMode  bool
}

// owned looks up what the task's attributes name.
func (c *Call) owned() (out owned, err error) {
	o := c.Args.Own
	if out.uid, err = c.number(o.Owner, c.Host.userID); err != nil {
		return out, err
	}
	if out.gid, err = c.number(o.Group, c.Host.groupID); err != nil {
		return out, err
	}
	if o.Mode != "" {
		n, err := ParseMode(o.Mode)
		if err != nil {
			return out, err
		}
		out.mode, out.hasMode = n, true
	}
	return out, nil
}

// number is a number as it is given, or that of a name; -1 without either.
func (c *Call) number(name string, look func(string) (string, error)) (int, error) {
	if name == "" {
		return -1, nil
	}
	if n, err := strconv.ParseUint(name, 10, 31); err == nil {
		return int(n), nil
	}
	text, err := look(name)
	if err != nil && c.Pending {
		return toCome, nil
	} else if err != nil {
		return -1, err
	}
	return strconv.Atoi(text)
}

// ParseMode reads a mode: 0o and octal digits, at most 0o7777.
func ParseMode(s string) (fs.FileMode, error) {
	if len(s) < 3 || s[:2] != "0o" {
		return 0, fmt.Errorf("the mode %q does not begin with 0o", s)
	}
	n, err := strconv.ParseUint(s[2:], 8, 16)
	if err != nil || n > 0o7777 {
		return 0, fmt.Errorf("the mode %q is not octal", s)
	}
	m := fs.FileMode(n & 0o777)
	for bit, flag := range map[uint64]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if n&bit != 0 {
			m |= flag
		}
	}
	return m, nil
}

func (o owned) empty() bool { return o.uid < 0 && o.gid < 0 && !o.hasMode }

const modeBits = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky

// drift is what differs from a file: Owner, Group, Mode.
func (o owned) drift(info fs.FileInfo) (fields []string) {
	st, _ := info.Sys().(*syscall.Stat_t)
	if st != nil && o.uid >= 0 && int(st.Uid) != o.uid {
		fields = append(fields, "Owner")
	}
	if st != nil && o.gid >= 0 && int(st.Gid) != o.gid {
		fields = append(fields, "Group")
	}
	if o.hasMode && info.Mode()&fs.ModeSymlink == 0 && info.Mode()&modeBits != o.mode {
		fields = append(fields, "Mode")
	}
	return fields
}

// apply gives a file the attributes. A link is not followed and has no mode.
func (o owned) apply(path string) error {
	if o.uid >= 0 || o.gid >= 0 {
		if err := os.Lchown(path, o.uid, o.gid); err != nil {
			return err
		}
	}
	if !o.hasMode {
		return nil
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink != 0 {
		return err
	}
	return os.Chmod(path, o.mode)
}

// treeDrift is what differs anywhere below a folder, the folder included.
func (o owned) treeDrift(ctx context.Context, root string) ([]string, error) {
	if o.empty() {
		return nil, nil
	}
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		for _, f := range o.drift(info) {
			found[f] = true
		}
		return nil
	})
	var fields []string
	for _, f := range []string{"Owner", "Group", "Mode"} {
		if found[f] {
			fields = append(fields, f)
		}
	}
	return fields, err
}

func (o owned) applyTree(ctx context.Context, root string) error {
	if o.empty() {
		return nil
	}
	var paths []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		paths = append(paths, path)
		return err
	})
	if err != nil {
		return err
	}
	// The deepest first, so that a mode without x does not shut us out.
	for _, path := range slices.Backward(paths) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := o.apply(path); err != nil {
			return err
		}
	}
	return nil
}
