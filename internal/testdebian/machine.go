// Package testdebian makes a Debian in a folder for a test that works on a whole
// machine.
//
// It is a file system in memory in a mount and PID namespace of its own, which
// the kernel takes down with the test, also when that is killed. $SLUICE_CHROOT
// may name a folder that keeps what debootstrap made, as a tar file for each
// suite, mirror and list of packages.
package testdebian

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// keeper is the first process of the namespaces. It ends when its input does,
// that is with the test, and the kernel then ends whatever else runs in there.
// In a chroot of the caller's "/" is no mount point and cannot be made
// private; the mount is taken down at the end for that case.
const keeper = `
mount --make-rprivate / 2>/dev/null || true
mount -t tmpfs -o size=2g,mode=755 testdebian "$1" || exit 1
echo ready
cat >/dev/null
umount --recursive --lazy "$1"`

// Machine is a Debian in a folder, in namespaces of its own.
type Machine struct {
	dir    string // where it is mounted, in the namespace
	proc   string // /proc/PID of the process that holds the namespaces
	asRoot []string

	t       *testing.T // with which it ends
	running *System
}

// empty makes one without files, which the end of the test takes down.
func empty(t *testing.T) *Machine {
	t.Helper()
	m := &Machine{t: t, dir: filepath.Join(t.TempDir(), "root"), asRoot: rootOrSudo(t)}
	if err := os.Mkdir(m.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := m.command(context.WithoutCancel(t.Context()), "sh", "-c",
		`echo $$; exec unshare --mount --propagation unchanged --pid --fork sh -c "$1" sh "$2"`, "sh", keeper, m.dir)
	var said bytes.Buffer
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	m.proc = "/proc/" + lines.Text()
	lines.Scan()
	ready := lines.Text() == "ready"
	t.Cleanup(func() {
		_ = in.Close() // it may have ended already; Wait says how
		if err := cmd.Wait(); err != nil && ready {
			t.Errorf("the namespaces did not end well: %v: %s", err, &said)
		}
	})
	if !ready {
		_ = in.Close()
		_ = cmd.Wait()
		needed(t, "this machine lets even root have no mount namespace with a file system of its own: "+said.String())
	}
	return m
}

// rootOrSudo is what stands before a command that only root may run.
func rootOrSudo(t *testing.T) []string {
	t.Helper()
	if os.Geteuid() == 0 {
		return nil
	}
	if out, err := exec.Command("sudo", "-n", "true").CombinedOutput(); err != nil {
		needed(t, fmt.Sprintf("only root can make a chroot, and sudo -n does not work: %v: %s", err, out))
	}
	return []string{"sudo", "-n"}
}

// needed skips with the reason; where CI asks for everything it fails.
func needed(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func (m *Machine) command(ctx context.Context, argv ...string) *exec.Cmd {
	argv = append(append([]string{}, m.asRoot...), argv...)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = time.Second
	return cmd
}

// try runs a program in the namespaces below a root: m.dir is the Debian, ""
// the machine around it. It answers both streams.
func (m *Machine) try(t *testing.T, root string, in io.Reader, argv ...string) (string, error) {
	t.Helper()
	enter := []string{"nsenter", "--mount=" + m.proc + "/ns/mnt", "--pid=" + m.proc + "/ns/pid_for_children",
		"--root=" + m.proc + "/root" + root, "--wd=" + m.proc + "/root" + root, "--"}
	cmd := m.command(t.Context(), append(append(enter, environment()...), argv...)...)
	cmd.Stdin = in
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// environment begins a command whose program gets the environment of a shell of
// root, and the way to the registry.
func environment() []string {
	env := []string{"env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "USER=root",
		"LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"}
	for _, v := range []string{"http_proxy", "https_proxy", "no_proxy"} {
		if at := os.Getenv(v); at != "" {
			env = append(env, v+"="+at)
		}
	}
	return env
}

// Try runs a program in the Debian. It answers both streams.
func (m *Machine) Try(t *testing.T, in io.Reader, argv ...string) (string, error) {
	t.Helper()
	return m.try(t, m.dir, in, argv...)
}

// Must runs a program in the Debian that has to succeed.
func (m *Machine) Must(t *testing.T, in io.Reader, argv ...string) string {
	t.Helper()
	out, err := m.Try(t, in, argv...)
	if err != nil {
		t.Fatalf("%s: %v:\n%s", strings.Join(argv, " "), err, out)
	}
	return out
}

// Sh runs a script in the Debian that has to succeed.
func (m *Machine) Sh(t *testing.T, script string) string {
	t.Helper()
	return m.Must(t, strings.NewReader(script), "sh", "-eu")
}

// Build puts a program of this module into the Debian.
func (m *Machine) Build(t *testing.T, pkg, at string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), filepath.Base(at))
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, pkg)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	m.Put(t, program, at)
}

// Put copies a file of this machine into the Debian, with its mode.
func (m *Machine) Put(t *testing.T, from, to string) {
	t.Helper()
	path, err := filepath.Abs(from)
	if err != nil {
		t.Fatal(err)
	}
	m.around(t, "cp", path, m.dir+to)
}
