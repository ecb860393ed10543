package install

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/internal/testprogram"
	"github.com/sluicehq/sluice/sup"
)

// The test binary is the installer when asked to be, so that tests can kill
// it as a process. SLUICE_TEST_KILL is the number of the fault point at which
// it kills itself.
const (
	envJob  = "SLUICE_TEST_JOB"
	envKill = "SLUICE_TEST_KILL"
	// It kills itself when a program was started and has written to this pipe.
	envStarted = "SLUICE_TEST_STARTED"
	// The folder of the test is a whole device to playbooks.
	envWhole = "SLUICE_TEST_WHOLE"
)

var exitCodes = map[error]int{ErrInterrupted: 3, ErrRebooting: 4, job.ErrLocked: 5}

func TestMain(m *testing.M) {
	if dir := os.Getenv(envJob); dir != "" {
		os.Exit(installerMain(dir))
	}
	os.Exit(m.Run())
}

func installerMain(dir string) int {
	var kill, n int64
	fmt.Sscan(os.Getenv(envKill), &kill)
	_, err := Run(context.Background(), dir, Options{Now: time.Now, wholeDevice: os.Getenv(envWhole) != "", fault: func(point string) {
		if pipe := os.Getenv(envStarted); pipe != "" && point == "process started" {
			_, _ = os.ReadFile(pipe)
			kill = atomic.LoadInt64(&n) + 1
		}
		if atomic.AddInt64(&n, 1) == kill {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}})
	for known, code := range exitCodes {
		if errors.Is(err, known) {
			fmt.Fprintln(os.Stderr, err)
			return code
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// device is a folder that stands for a gateway.
type device struct {
	t                      *testing.T
	base, root, state, log string
	key                    ed25519.PrivateKey
	configuration          job.Configuration
	facts                  compat.Facts
	now                    func() time.Time
	jobs                   int
	whole                  bool // to playbooks
}

// serviceStub keeps the state of services as files below the device's root.
const serviceStub = `#!/bin/sh
d="$SLUICE_ROOT/run/services"; mkdir -p "$d"
echo "$1 $2 $(cat "$SLUICE_ROOT/etc/app.conf" 2>/dev/null)" >> "$SLUICE_ROOT/../service.log"
case $1 in
start|restart) : > "$d/$2.active" ;;
stop) rm -f "$d/$2.active" ;;
enable) : > "$d/$2.enabled" ;;
disable) rm -f "$d/$2.enabled" ;;
is-active) test -f "$d/$2.active" ;;
is-enabled) test -f "$d/$2.enabled" ;;
esac
`

// fastDir is in memory where the machine has such a folder: thousands of
// fsyncs are the point of these tests, waiting for a disk is not.
func fastDir(t *testing.T) string {
	t.Helper()
	parent := ""
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		parent = "/dev/shm"
	}
	dir, err := os.MkdirTemp(parent, "sluice-install-")
	check(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func newDevice(t *testing.T) *device { return newDeviceIn(t, fastDir(t)) }

func newDeviceIn(t *testing.T, base string) *device {
	t.Helper()
	key, err := sup.GenerateKey()
	check(t, err)
	d := &device{
		t: t, base: base, root: filepath.Join(base, "root"), state: filepath.Join(base, "state"),
		log: filepath.Join(base, "logs"), key: key, now: time.Now,
		facts: compat.Facts{Kind: "gateway", Model: "iStation", Version: "1.0"},
	}
	check(t, os.MkdirAll(filepath.Join(d.root, "run/services"), 0o755))
	check(t, os.MkdirAll(filepath.Join(d.root, "etc"), 0o755))
	service := filepath.Join(base, "service")
	testprogram.Write(t, service, serviceStub)
	boot := filepath.Join(base, "boot_id")
	check(t, os.WriteFile(boot, []byte("boot-1\n"), 0o644))
	d.configuration = job.Configuration{
		ServiceCommand: []string{service, "{verb}", "{service}"}, BootIDPath: boot,
		RebootCommand: []string{"true"},
	}
	return d
}

// write makes files below the root: path, content, mode.
func (d *device) write(name, content string, mode fs.FileMode) {
	d.t.Helper()
	path := filepath.Join(d.root, name)
	check(d.t, os.MkdirAll(filepath.Dir(path), 0o755))
	check(d.t, os.WriteFile(path, []byte(content), 0o600))
	check(d.t, os.Chmod(path, mode))
}

func act(kind, params string, on ...sup.OnFailure) sup.Action {
	a := sup.Action{Type: kind, Params: []byte(params)}
	if len(on) > 0 {
		a.OnFailure = on[0]
	}
	return a
}

type files map[string]string

// manifest is a package with the name "app".
func manifest(counter uint64, actions ...sup.Action) sup.Manifest {
	return sup.Manifest{Name: "app", Version: fmt.Sprint(counter), ReleaseCounter: counter, Actions: actions}
}

// add builds and signs a package and makes a job for it.
func (d *device) add(m sup.Manifest, members files) (dir string) {
	d.t.Helper()
	return d.addAs(m, members, func(*job.Job) {})
}

// addAs is add with a change of the job.
func (d *device) addAs(m sup.Manifest, members files, change func(*job.Job)) (dir string) {
	d.t.Helper()
	d.jobs++
	tree := fstest.MapFS{}
	for name, content := range members {
		tree[name] = &fstest.MapFile{Data: []byte(content)}
	}
	path := filepath.Join(d.base, fmt.Sprintf("package-%d.sup", d.jobs))
	f, err := os.Create(path)
	check(d.t, err)
	check(d.t, sup.Build(f, m, tree, sup.NewSigner(d.key)))
	check(d.t, f.Close())
	dir = filepath.Join(d.base, fmt.Sprintf("job-%d", d.jobs))
	j := d.jobFor(path)
	change(&j)
	check(d.t, job.Create(dir, j))
	return dir
}

func (d *device) jobFor(path string) job.Job {
	return job.Job{
		ID: fmt.Sprintf("mail-%d", d.jobs), PackagePath: path,
		TrustKeys: []string{base64.StdEncoding.EncodeToString(d.key.Public().(ed25519.PublicKey))}, Threshold: 1,
		Root: d.root, StateDir: d.state, LogsDir: d.log, Facts: d.facts, Configuration: d.configuration,
	}
}

// run runs the installer in this process, to the end.
func (d *device) run(dir string) job.Confirmation {
	d.t.Helper()
	c, err := Run(d.t.Context(), dir, Options{Now: d.now, wholeDevice: d.whole, termGrace: 100 * time.Millisecond, wait: noWait})
	check(d.t, err)
	return c
}

func noWait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// process runs the installer as a process of its own; kill is the fault point
// to die at, 0 for none. It is true when the process was killed.
func (d *device) process(dir string, kill int) (killed bool, code int, stderr string) {
	d.t.Helper()
	cmd := installerProcess(dir, kill)
	var errs strings.Builder
	cmd.Stderr = &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		d.t.Fatal(err)
	}
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	return status.Signaled(), cmd.ProcessState.ExitCode(), errs.String()
}

// untilFree waits for the locks of an installer that was killed: a program that
// it was just starting has a copy of them until it is executed.
func (d *device) untilFree(dir string) {
	d.t.Helper()
	for _, path := range []string{job.LockPath(dir), filepath.Join(d.state, "install.lock")} {
		lock, err := os.OpenFile(path, os.O_RDWR, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue // killed before it made it
		}
		check(d.t, err)
		whole := &unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart}
		check(d.t, unix.FcntlFlock(lock.Fd(), unix.F_OFD_SETLKW, whole))
		whole.Type = unix.F_UNLCK // a program being started has a copy of this one, too
		check(d.t, unix.FcntlFlock(lock.Fd(), unix.F_OFD_SETLK, whole))
		check(d.t, lock.Close())
	}
}

func installerProcess(dir string, kill int) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envJob+"="+dir, envWhole+"=yes", fmt.Sprintf("%s=%d", envKill, kill))
	return cmd
}

// snapshot is every name below the root with type, mode, owner and content.
func (d *device) snapshot() map[string]string {
	d.t.Helper()
	all := map[string]string{}
	check(d.t, filepath.WalkDir(d.root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		uid, gid := owner(info)
		line := fmt.Sprintf("%s %d:%d", info.Mode(), uid, gid)
		switch {
		case info.Mode().IsRegular():
			data, err := os.ReadFile(path)
			check(d.t, err)
			line += fmt.Sprintf(" %q", data)
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			check(d.t, err)
			line += " -> " + target
		}
		rel, _ := filepath.Rel(d.root, path)
		all[rel] = line
		return nil
	}))
	return all
}

func sameTree(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if want[name] != got[name] {
			t.Errorf("%s: %s is %q, want %q", what, name, got[name], want[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if _, ok := got[name]; !ok {
			t.Errorf("%s: %s is missing, want %q", what, name, want[name])
		}
	}
}

// clean checks that an ended job left nothing behind but its papers.
func (d *device) clean(dir string) {
	d.t.Helper()
	for _, path := range []string{job.UndoPath(dir), filepath.Join(dir, "reserve"), filepath.Join(dir, "process.json")} {
		if exists(path) {
			d.t.Errorf("%s is left behind", path)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(d.state, "staging")); len(left) > 0 {
		d.t.Errorf("staging is left behind: %v", left)
	}
	check(d.t, filepath.WalkDir(d.base, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".tmp") {
			d.t.Errorf("%s is left behind", path)
		}
		return err
	}))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
