package install

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/sluicehq/sluice/install/job"
)

// termGrace is what a command has between SIGTERM and SIGKILL; inputGrace is
// how long its input is written after it ended, while others hold it open.
const (
	termGrace  = 5 * time.Second
	inputGrace = 2 * time.Second
)

// command is a program to run. There is no shell.
type command struct {
	argv []string
	env  map[string]string // beside the clean environment
	dir  string            // "" is the device's root
	// input is what it reads; it has nothing to read by default.
	input string
	quiet bool // what it prints is only returned
}

// exitError is the end of a command that ran and did not succeed.
type exitError struct {
	program string
	code    int // -1: by a signal
	said    string
	status  string
}

func (e *exitError) Error() string {
	text := fmt.Sprintf("%s ended with %s", e.program, e.status)
	if e.said != "" {
		text += ": " + e.said
	}
	return text
}

// exec runs a command in a process group of its own until it ends or ctx does;
// then the whole group is ended. What it prints goes to the step's output and
// is returned as well.
func (s *step) exec(ctx context.Context, c command) (string, error) {
	if len(c.argv) == 0 || c.argv[0] == "" {
		return "", errors.New("cannot run a command: it is empty; check the device's configuration")
	}
	var own capture
	both := io.MultiWriter(&own, &s.output)
	if c.quiet {
		both = &own
	}
	out, err := openOutput(both)
	if err != nil {
		return "", fmt.Errorf("cannot run %s: %w", c.argv[0], err)
	}
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	cmd.Dir = c.dir
	if cmd.Dir == "" {
		cmd.Dir = s.run.tree.dir
	}
	cmd.Env = s.environment(c.env)
	if c.input != "" {
		cmd.Stdin = strings.NewReader(c.input)
	}
	cmd.Stdout, cmd.Stderr = out.theirs, out.theirs
	cmd.WaitDelay = inputGrace
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	err = s.run.supervise(ctx, cmd)
	out.end(both)
	s.started = s.started || cmd.Process != nil
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return own.String(), nil
	case ctx.Err() != nil:
		return own.String(), fmt.Errorf("cannot run %s: %w", c.argv[0], context.Cause(ctx))
	case errors.As(err, &exit):
		return own.String(), &exitError{c.argv[0], exit.ExitCode(), own.lastLine(), exitStatus(exit)}
	}
	return own.String(), fmt.Errorf("cannot run %s: %w", c.argv[0], err)
}

// supervise starts the command and waits for it. The kernel ends the command
// when the thread that started it ends (Pdeathsig), so that a killed installer
// leaves no script behind that works on: the thread is kept until then.
func (r *run) supervise(ctx context.Context, cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	group := cmd.Process.Pid
	if err := r.noteGroup(group); err != nil {
		killGroup(group)
		return errors.Join(err, cmd.Wait())
	}
	ended, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-ended:
			return
		case <-ctx.Done():
		}
		syscall.Kill(-group, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(r.options.termGrace):
		}
		killGroup(group)
	}()
	err := cmd.Wait()
	close(ended)
	<-watched
	return errors.Join(err, r.forgetGroup())
}

func killGroup(group int) { syscall.Kill(-group, syscall.SIGKILL) }

// environment is the same for every command: nothing of the agent's own
// environment but PATH gets in.
func (s *step) environment(declared map[string]string) []string {
	env := []string{
		"PATH=" + job.SearchPath(), "HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
		"SLUICE_ROOT=" + s.run.tree.dir, "SLUICE_PACKAGE=" + s.run.manifest.Name, "SLUICE_VERSION=" + s.run.manifest.Version,
	}
	env = append(env, s.run.mark(s.number)...)
	for key, value := range declared {
		env = append(env, key+"="+value)
	}
	return env
}

func exitStatus(exit *exec.ExitError) string {
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return fmt.Sprintf("signal %d (%s)", status.Signal(), status.Signal())
	}
	return fmt.Sprintf("exit code %d", exit.ExitCode())
}

// expand replaces the words in braces in every argument.
func expand(argv []string, words ...string) []string {
	replacer := strings.NewReplacer(words...)
	out := make([]string, len(argv))
	for i, arg := range argv {
		out[i] = replacer.Replace(arg)
	}
	return out
}
