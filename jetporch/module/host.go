package module

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Limits of programs that tasks start.
const (
	maxOutput = 1 << 20 // bytes kept of each stream; the rest is dropped
	waitDelay = 2 * time.Second
)

// Exit codes that no program gives (jetporch.md 1.13).
const (
	rcNotStarted = 404
	rcSignal     = 418
)

// Host is this machine as one task sees it: as which user, in which folder,
// with which environment.
type Host struct {
	Env  []string
	Dir  string
	Root string // folder that stands for the machine, absolute and without links; "" is the machine itself
	User string // to act as; "" is whoever runs this
	// SudoTemplate is the play's own way to start a command as User, with
	// {{jet_sudo_user}} and {{jet_command}} in it; "" is ours.
	SudoTemplate string
	Release      string // the file os-release, by its name on the device
	// Exec runs a program that is ready to start, to its end; nil is
	// exec.Cmd.Run. It answers what exec.Cmd.Wait does.
	Exec func(context.Context, *exec.Cmd) error
}

// Output is what a program gave.
type Output struct {
	RC     int
	Stdout string
	All    string // both streams
}

// Command is a program to run.
type Command struct {
	Argv  []string
	Stdin []byte
	Env   []string
	// Joined sends both streams through one pipe, so that what is written
	// stays in its order; Stdout is empty then.
	Joined bool
}

// Run runs a program to its end. It answers an error only when the context
// ended; a program that cannot be started has the code 404.
func (h *Host) Run(ctx context.Context, c Command) (Output, error) {
	cmd, err := h.command(ctx, c)
	if err != nil {
		return Output{RC: rcNotStarted, All: err.Error()}, nil
	}
	if c.Stdin != nil {
		cmd.Stdin = bytes.NewReader(c.Stdin)
	}
	all := &bounded{}
	out := &bounded{}
	cmd.Stdout, cmd.Stderr = io.MultiWriter(out, all), all
	if c.Joined {
		cmd.Stdout = all
	}
	if h.Exec != nil {
		err = h.Exec(ctx, cmd)
	} else {
		err = cmd.Run()
	}
	if ctx.Err() != nil {
		return Output{RC: rcSignal, All: all.String()}, context.Cause(ctx)
	}
	rc := code(cmd, err)
	if rc == rcNotStarted {
		return Output{RC: rc, All: h.notStarted(cmd, err)}, nil
	}
	return Output{RC: rc, Stdout: out.String(), All: strings.TrimSpace(all.String())}, nil
}

// mayChroot says that a program cannot be run in a sandbox without root.
func (h *Host) mayChroot(program string) error {
	if h.Root == "" || os.Geteuid() == 0 {
		return nil
	}
	return fmt.Errorf("cannot run %s: this agent works in a sandbox folder and cannot change root into it; only root can", program)
}

// mayRun says in a check, too, that a sandbox cannot run a program.
func (h *Host) mayRun(program string) error {
	err := h.mayChroot(program)
	if err == nil && h.Root != "" {
		_, err = h.look(program)
	}
	return err
}

// command makes a program ready to start: as the host's user, in its folder,
// and in a sandbox with that as its root.
func (h *Host) command(ctx context.Context, c Command) (*exec.Cmd, error) {
	if err := h.mayChroot(c.Argv[0]); err != nil {
		return nil, err
	}
	argv, cred, env, err := h.as(c.Argv)
	if err != nil {
		return nil, err
	}
	path, err := h.look(argv[0])
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, argv[1:]...)
	cmd.Args[0] = argv[0]
	cmd.Dir = "/"
	if dir, ok := h.device(h.Dir); ok && (cred == nil || h.mayEnter(h.Dir)) {
		cmd.Dir = dir
	}
	cmd.Env = slices.Concat(h.Env, []string{"LANG=C"}, env, c.Env)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: cred, Chroot: h.Root}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = waitDelay
	return cmd, nil
}

func (h *Host) notStarted(cmd *exec.Cmd, err error) string {
	why := fmt.Sprintf("cannot start %s: %v", cmd.Args[0], err)
	if h.Root != "" && errors.Is(err, fs.ErrNotExist) {
		why += "; the sandbox folder lacks the program, or what it is started with"
	}
	return why
}

// Query runs a program that only looks, with messages in English.
func (h *Host) Query(ctx context.Context, argv ...string) (Output, error) {
	return h.Run(ctx, Command{Argv: argv, Env: []string{"LC_ALL=C"}})
}

// Must runs a program and answers an error with its output when it fails.
func (h *Host) Must(ctx context.Context, c Command) (string, error) {
	c.Joined = true
	out, err := h.Run(ctx, c)
	if err == nil && out.RC != 0 {
		err = errors.New(strings.TrimSuffix(fmt.Sprintf("%s ended with code %d: %s", strings.Join(c.Argv, " "), out.RC, out.All), ": "))
	}
	return out.All, err
}

func code(cmd *exec.Cmd, err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return cmd.ProcessState.ExitCode()
	case errors.As(err, &exit):
		if rc := exit.ExitCode(); rc >= 0 {
			return rc
		}
		return rcSignal
	}
	return rcNotStarted
}

// look finds a program in the PATH of the host's environment.
func (h *Host) look(name string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	path := ""
	for _, e := range h.Env {
		if v, ok := strings.CutPrefix(e, "PATH="); ok {
			path = v
		}
	}
	for _, dir := range filepath.SplitList(path) {
		full := filepath.Join(dir, name)
		if _, info, err := h.follow(full); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 && filepath.IsAbs(full) {
			return full, nil
		}
	}
	if h.Root != "" {
		return "", fmt.Errorf("cannot run %s: this agent works in a sandbox folder, which has no such program in its PATH", name)
	}
	return "", fmt.Errorf("there is no program %s in the PATH", name)
}

// bounded keeps the first bytes of a stream. Two goroutines of exec may write
// to it at once.
type bounded struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *bounded) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if room := maxOutput - b.buf.Len(); room > 0 {
		b.buf.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (b *bounded) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.ToValidUTF8(b.buf.String(), "\uFFFD")
}
