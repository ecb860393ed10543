package agent

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/agent/backoff"
	"github.com/sluicehq/sluice/install/job"
)

// lookEvery is how often the installer is looked after while it works.
const lookEvery = 100 * time.Millisecond

// rebootPatience is how long a reboot that the installer asked for may take
// before the installer is started again.
const rebootPatience = 5 * time.Minute

// ExitRebooting is the status with which "sluice-agent install" says that the
// device is about to reboot.
const ExitRebooting = 75

const maxBootID = 4 << 10

// supervisor starts the installer of one job, again where it ended without a
// final confirmation, and waits for that.
type supervisor struct {
	program string
	dir     string
	root    string
	state   string // where the claim of the job under way is
	wait    backoff.Backoff
	note    func(string)

	pid int // of our own child; 0 when there is none
	// boot is the boot in which the last child was started.
	boot string
	// noScope is set when a start in a scope came to nothing.
	noScope bool
}

// condition is how the installer stands.
type condition int

const (
	atWork    condition = iota
	ended               // without a final confirmation
	rebooting           // and asked for a reboot
	finished            // with a final confirmation
)

// run calls look while the installer works. When ctx ends, the installer goes on.
func (s *supervisor) run(ctx context.Context, look func()) (job.Confirmation, error) {
	if err := s.finishOther(ctx); err != nil {
		return job.Confirmation{}, err
	}
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		now, err := s.ensure()
		switch {
		case err != nil:
		case now == finished:
			return job.ReadConfirmation(s.dir)
		case now == rebooting:
			err = s.awaitBoot(ctx)
		case now == ended:
			s.note("the installer ended before its job; it is started again")
			if err = s.wait.Wait(ctx, 0); err == nil {
				err = s.finishOther(ctx)
			}
		default:
			look()
			select {
			case <-ticker.C:
			case <-ctx.Done():
				err = ctx.Err()
			}
		}
		if err != nil {
			return job.Confirmation{}, err
		}
	}
}

// finishOther brings another job that is under way to its end: no installer
// begins before, and nobody else may be left who would start that one's again.
func (s *supervisor) finishOther(ctx context.Context) error {
	other, err := job.Current(s.state)
	if err != nil || other == "" || other == s.dir {
		return err
	}
	s.note("the job in " + other + " is under way; it comes to its end first")
	first := supervisor{program: s.program, dir: other, root: s.root, state: s.state, wait: s.wait, note: s.note}
	_, err = first.run(ctx, func() {})
	return err
}

// ensure starts the installer where none is at work and none has just ended.
// The confirmation may be long: it is looked at when no installer works.
func (s *supervisor) ensure() (condition, error) {
	if s.pid == 0 {
		if job.Running(s.dir) {
			return atWork, nil
		}
		if job.Finished(s.dir) {
			return finished, nil
		}
		return atWork, s.start()
	}
	var status unix.WaitStatus
	if pid, err := unix.Wait4(s.pid, &status, unix.WNOHANG, nil); err == nil && pid == 0 {
		return atWork, nil
	}
	s.pid = 0
	switch {
	case job.Finished(s.dir):
		return finished, nil
	case status.Exited() && status.ExitStatus() == ExitRebooting:
		return rebooting, nil
	}
	if _, err := os.Stat(job.JournalPath(s.dir)); err != nil {
		s.noScope = true
	}
	return ended, nil
}

// awaitBoot waits for the reboot that the installer has asked for. On a device
// that ends this process too; in a sandbox, the boot id changes.
func (s *supervisor) awaitBoot(ctx context.Context) error {
	limit := time.NewTimer(rebootPatience)
	defer limit.Stop()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for s.bootID() == s.boot {
		select {
		case <-ticker.C:
		case <-limit.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// bootID is "" where it cannot be read.
func (s *supervisor) bootID() string {
	j, err := job.Open(s.dir)
	if err != nil {
		return ""
	}
	id, err := job.ReadFile(j.Configuration.BootIDPath, maxBootID)
	if err != nil {
		return ""
	}
	return string(id)
}

// start runs the installer in a session of its own, with a log of its own, and
// under systemd in a scope of its own, so that nothing that ends the runtime
// ends the installer. Where no scope can be had, the session has to do.
func (s *supervisor) start() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "install.log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("cannot start the installer: %w", err)
	}
	defer log.Close()
	argv := []string{s.program, "install", "--job", s.dir}
	if (s.root == "" || s.root == "/") && !s.noScope {
		argv = append(scope(filepath.Base(s.dir)), argv...)
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	s.boot = s.bootID()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("cannot start the installer: %w", err)
	}
	s.pid = cmd.Process.Pid
	// The process is reaped by its number: it may outlive everything here.
	return cmd.Process.Release()
}

// scope is the beginning of a command that systemd keeps out of the unit of
// the runtime; it is empty where the runtime is no unit.
func scope(name string) []string {
	if os.Getenv("INVOCATION_ID") == "" {
		return nil
	}
	if _, err := os.Stat("/run/systemd/system"); err != nil {
		return nil
	}
	program, err := exec.LookPath("systemd-run")
	if err != nil {
		return nil
	}
	return []string{program, "--scope", "--quiet", "--collect", "--description=Sluice package installer, job " + name}
}
