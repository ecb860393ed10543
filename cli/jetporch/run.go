package jetporch

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/internal/clock"
	"github.com/sluicehq/sluice/jetporch/run"
)

type runFlags struct {
	check, json   bool
	extra         []string
	sudo, root    string
	whole, single time.Duration
}

func runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run FILE [--check] [--extra-vars JSON|@FILE]...",
		Short: "Run a playbook on this machine with the built-in runner",
		Long: `Run a playbook on this machine with the built-in runner, which needs no jetp.

Each task is a line: ok, changed, failed or skipped, what was changed, and its output below it. With
--check nothing is changed, and "would be" says what would. The first task that fails ends the run with
exit code 1. docs/jetporch.md says where the runner differs from jetp.`,
		Example: "  sluice jetporch run playbook.yml --check\n  sluice jetporch run playbook.yml --extra-vars '{\"version\": \"1.2\"}'",
		Args:    one("FILE"),
		RunE:    func(cmd *cobra.Command, args []string) error { return runPlaybook(cmd, args[0], f) },
	}
	flags := c.Flags()
	flags.BoolVar(&f.check, "check", false, "show what would change and change nothing")
	flags.StringArrayVarP(&f.extra, "extra-vars", "e", nil, "variables above all others, as JSON or `@FILE`; may be repeated")
	flags.StringVar(&f.sudo, "sudo", "", "`USER` for plays that name none")
	flags.StringVar(&f.root, "root", "", "a sandbox `DIR` that stands for the machine: paths are below it, programs are those in it")
	flags.DurationVar(&f.whole, "timeout", run.DefaultTimeout, "the whole may take this long")
	flags.DurationVar(&f.single, "task-timeout", run.DefaultTaskTimeout, "each attempt of a task may take this long")
	flags.BoolVar(&f.json, "json", false, "an event as JSON on each line, the summary last")
	return c
}

func runPlaybook(cmd *cobra.Command, path string, f runFlags) error {
	vars, err := run.ExtraVars(f.extra)
	if err != nil {
		return usageError{err}
	}
	root := f.root
	if root != "" {
		if root, err = filepath.Abs(root); err != nil {
			return err
		}
	}
	bundle, dir, err := run.Load(path)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A reader that went away must not leave tasks running unseen.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := cmd.OutOrStdout()
	summary, err := run.Run(ctx, bundle, run.Options{
		Dir: dir, Root: root, Check: f.check, ExtraVars: vars, Sudo: f.sudo, Env: os.Environ(),
		Timeout: f.whole, TaskTimeout: f.single, Now: clock.System,
		Emit: func(e run.Event) {
			if err := show(out, f.json, e); err != nil {
				cancel(fmt.Errorf("cannot write the report: %w", err))
			}
		},
	})
	if f.json {
		if e := json.NewEncoder(out).Encode(map[string]any{"summary": summary}); e != nil && err == nil {
			err = e
		}
		return err
	}
	if _, e := fmt.Fprintln(out, summary); e != nil && err == nil {
		err = e
	}
	return err
}

func show(out io.Writer, asJSON bool, e run.Event) error {
	if asJSON {
		return json.NewEncoder(out).Encode(e)
	}
	return run.Print(out, e)
}
