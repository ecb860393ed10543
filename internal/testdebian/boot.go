package testdebian

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

// boot is the first process of a machine: it makes the mounts that systemd
// expects of a container, says its number outside, and becomes systemd. The boot
// id is new each time, as on a machine that starts. The cgroups are a part of
// their own of those of the machine around.
const boot = `
set -e
read pid rest < /proc/self/stat
mount --make-rprivate /
cd "$1"
mount -t proc proc proc
mount -t tmpfs tmpfs run
mount -t sysfs -o ro sysfs sys
if test -e /sys/fs/cgroup/cgroup.controllers
then mount -t cgroup2 cgroup2 sys/fs/cgroup
else
  mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
  mkdir sys/fs/cgroup/systemd
  mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
fi
cat /proc/sys/kernel/random/uuid > run/boot_id
mount --bind run/boot_id proc/sys/kernel/random/boot_id
hostname gateway
mkdir -p around
pivot_root . around
umount -l /around
echo $pid
exec env -i container=lxc PATH="$PATH" /sbin/init --log-target=null --show-status=no >/dev/null`

// within puts the shell into a cgroup of its own before the namespaces are made,
// and takes that away when the machine has ended.
const within = `
set -e
base=/sys/fs/cgroup
test -e $base/cgroup.controllers || base=$base/systemd
group=$base/testdebian-$$
mkdir "$group"
echo $$ > "$group/cgroup.procs"
unshare --mount --uts --ipc --pid --net --cgroup --fork --kill-child sh -c "$1" sh "$2"
echo $$ > "$base/cgroup.procs"
find "$group" -depth -type d -exec rmdir {} +`

// System is a machine on which systemd runs, with a network that reaches nothing
// but itself.
type System struct {
	machine *Machine
	pid     string
	ended   chan error
}

// Boot starts systemd and waits until it has started what it starts. The test
// shuts it down, or the end of the test that made the machine does.
func (m *Machine) Boot(t *testing.T) *System {
	t.Helper()
	cmd := m.command(context.WithoutCancel(t.Context()), "nsenter", "--mount="+m.proc+"/ns/mnt", "--", "sh", "-c", within, "sh", boot, m.dir)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &System{machine: m, ended: make(chan error, 1)}
	m.running = s
	lines := bufio.NewScanner(out)
	lines.Scan()
	if s.pid = lines.Text(); s.pid == "" {
		_ = cmd.Wait()
		needed(t, "this machine lets no systemd be started in namespaces: "+said.String())
	}
	go func() {
		_, _ = io.Copy(io.Discard, out)
		s.ended <- cmd.Wait()
	}()
	m.t.Cleanup(func() {
		_ = m.command(context.Background(), "kill", "-9", s.pid).Run() // it may have ended
		s.Ended(m.t)
	})
	if is, err := s.Try(t, "sh", "-c", "until test -S /run/systemd/private; do sleep 0.1; done; systemctl is-system-running --wait"); err != nil {
		failed, _ := s.Try(t, "systemctl", "--failed", "--no-pager")
		t.Fatalf("systemd is %s (%v)\n%s", strings.TrimSpace(is), err, failed)
	}
	return s
}

// Running is the system that was booted last.
func (m *Machine) Running() *System { return m.running }

// Ended waits until the machine is off.
func (s *System) Ended(t *testing.T) {
	t.Helper()
	if s.ended == nil {
		return
	}
	<-s.ended // systemd ends a container as it likes
	s.ended = nil
}

// Try runs a program beside systemd. It answers both streams.
func (s *System) Try(t *testing.T, argv ...string) (string, error) {
	t.Helper()
	enter := []string{"nsenter", "--target=" + s.pid, "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd", "--"}
	cmd := s.machine.command(t.Context(), append(append(enter, environment()...), argv...)...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Sh runs a script beside systemd that has to succeed, and answers what it
// prints.
func (s *System) Sh(t *testing.T, script string) string {
	t.Helper()
	out, err := s.Try(t, "sh", "-euc", script)
	if err != nil {
		t.Fatalf("%s: %v:\n%s", script, err, out)
	}
	return out
}
