package module

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/sluicehq/sluice/jetporch/template"
	"github.com/sluicehq/sluice/jetporch/value"
)

// identity is who a task acts as.
type identity struct {
	name     string
	home     string
	uid, gid uint32
	groups   []uint32
}

func (h *Host) lookIdentity(name string) (identity, error) {
	u, list, err := h.login(name)
	if err != nil {
		return identity{}, fmt.Errorf("cannot act as %s: %w", name, err)
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err1 != nil || err2 != nil {
		return identity{}, fmt.Errorf("cannot act as %s: its numbers %s:%s cannot be read", name, u.Uid, u.Gid)
	}
	id := identity{name: name, home: u.HomeDir, uid: uint32(uid), gid: uint32(gid)}
	for _, g := range list {
		if n, err := strconv.ParseUint(g, 10, 32); err == nil {
			id.groups = append(id.groups, uint32(n))
		}
	}
	return id, nil
}

// same tells whether the host's user is who runs this already.
func (h *Host) same() (identity, bool, error) {
	if h.User == "" {
		return identity{}, true, nil
	}
	id, err := h.lookIdentity(h.User)
	return id, err == nil && int(id.uid) == os.Geteuid(), err
}

// as turns a command into what runs it as the host's user: by credentials
// when this is root, else by sudo.
func (h *Host) as(argv []string) ([]string, *syscall.Credential, []string, error) {
	id, same, err := h.same()
	if err != nil || same {
		return argv, nil, nil, err
	}
	if h.SudoTemplate != "" {
		text, err := template.Render(h.SudoTemplate, value.Of("jet_sudo_user", h.User, "jet_command", quote(argv)))
		return []string{"sh", "-c", text}, nil, nil, err
	}
	if os.Geteuid() != 0 {
		return append([]string{"sudo", "-n", "-u", h.User, "--"}, argv...), nil, nil, nil
	}
	return argv, &syscall.Credential{Uid: id.uid, Gid: id.gid, Groups: id.groups},
		[]string{"HOME=" + id.home, "USER=" + id.name, "LOGNAME=" + id.name}, nil
}

func quote(argv []string) string {
	out := make([]string, len(argv))
	for i, a := range argv {
		out[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
	}
	return strings.Join(out, " ")
}

// Files runs f, which looks at files or changes them, as the host's user. As
// root that is done by giving one thread the user's identity for files; the
// thread ends with f. An error of f speaks of the device's paths, unless f has
// made a text of it.
func (h *Host) Files(f func() error) error {
	id, same, err := h.same()
	if err != nil {
		return err
	}
	if same {
		return h.named(f())
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("cannot change files as %s: only root can; run the whole as root", h.User)
	}
	done := make(chan error, 1)
	go func() {
		// Never unlocked: the thread is thrown away with its identity.
		runtime.LockOSThread()
		if err := become(id); err != nil {
			done <- err
			return
		}
		done <- f()
	}()
	return h.named(<-done)
}

// doing is f, done as the host's user: what a plan applies.
func (h *Host) doing(f func() error) func() error {
	return func() error { return h.Files(f) }
}

// mayEnter tells whether the host's user can be in a folder of this machine.
// One who cannot starts in / instead, since the folder of a playbook is often
// root's alone.
func (h *Host) mayEnter(dir string) bool {
	return h.Files(func() error { _, err := os.Stat(dir + "/."); return err }) == nil
}
