package chroottest

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
mount -t tmpfs -o size=2g,mode=755 chroottest "$1" || exit 1
echo ready
cat >/dev/null
umount --recursive --lazy "$1"`

// chroot is a machine in a folder, in namespaces of its own.
type chroot struct {
	dir    string // where it is mounted, in the namespace
	proc   string // /proc/PID of the process that holds the namespaces
	asRoot []string
}

// newChroot makes an empty one, which the end of the test takes down.
func newChroot(t *testing.T) *chroot {
	t.Helper()
	c := &chroot{dir: filepath.Join(t.TempDir(), "root"), asRoot: rootOrSudo(t)}
	if err := os.Mkdir(c.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := c.command(context.WithoutCancel(t.Context()), "sh", "-c",
		`echo $$; exec unshare --mount --propagation unchanged --pid --fork sh -c "$1" sh "$2"`, "sh", keeper, c.dir)
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
	c.proc = "/proc/" + lines.Text()
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
	return c
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

func (c *chroot) command(ctx context.Context, argv ...string) *exec.Cmd {
	argv = append(append([]string{}, c.asRoot...), argv...)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = time.Second
	return cmd
}

// try runs a program in the namespaces below a root: c.dir is the chroot, ""
// the machine around it. It answers both streams.
func (c *chroot) try(t *testing.T, root string, in io.Reader, argv ...string) (string, error) {
	t.Helper()
	enter := []string{"nsenter", "--mount=" + c.proc + "/ns/mnt", "--pid=" + c.proc + "/ns/pid_for_children",
		"--root=" + c.proc + "/root" + root, "--wd=" + c.proc + "/root" + root, "--",
		"env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "USER=root", "LC_ALL=C.UTF-8",
		"DEBIAN_FRONTEND=noninteractive"}
	for _, v := range []string{"http_proxy", "https_proxy", "no_proxy"} {
		if at := os.Getenv(v); at != "" {
			enter = append(enter, v+"="+at)
		}
	}
	cmd := c.command(t.Context(), append(enter, argv...)...)
	cmd.Stdin = in
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// must runs a program in the chroot that has to succeed.
func (c *chroot) must(t *testing.T, in io.Reader, argv ...string) string {
	t.Helper()
	out, err := c.try(t, c.dir, in, argv...)
	if err != nil {
		t.Fatalf("%s: %v:\n%s", strings.Join(argv, " "), err, out)
	}
	return out
}

// sh runs a script in the chroot that has to succeed.
func (c *chroot) sh(t *testing.T, script string) string {
	t.Helper()
	return c.must(t, strings.NewReader(script), "sh", "-eu")
}
