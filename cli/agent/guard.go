package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"github.com/sluicehq/sluice/agent/backoff"
)

// envGuarded tells an installer that a guard watches it.
const envGuarded = "SLUICE_INSTALLER_GUARDED"

// guard runs the installer of a job as a child, and again when a signal killed
// it: while a package has stopped the runtime, nobody else would. It ends as
// the child does. One that is killed itself leaves the child at work.
func guard(ctx context.Context, dir string, out io.Writer) error {
	program, err := program()
	if err != nil {
		return err
	}
	var pause backoff.Backoff
	for {
		cmd := exec.Command(program, "install", "--job", dir)
		cmd.Env = append(os.Environ(), envGuarded+"=yes")
		cmd.Stdout, cmd.Stderr = out, os.Stderr
		if err := cmd.Start(); err != nil {
			return fmt.Errorf("cannot start the installer: %w", err)
		}
		stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Signal(syscall.SIGTERM) }) // one that has ended is gone
		err := cmd.Wait()
		stop()
		var ended *exec.ExitError
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &ended):
			return fmt.Errorf("cannot wait for the installer: %w", err)
		case ended.Exited():
			return exit{ended.ExitCode(), ""} // it has said why
		}
		fmt.Fprintf(out, "the installer ended by %s; it is started again\n", ended)
		if err := pause.Wait(ctx, 0); err != nil {
			return exit{1, "the installer was interrupted; start it again to go on"}
		}
	}
}
