package jetporch

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/jetporch/lint"
	"github.com/sluicehq/sluice/jetporch/run"
	"github.com/sluicehq/sluice/jetporch/script"
)

// Command returns "jetporch" with everything below it.
func Command() *cobra.Command {
	c := &cobra.Command{
		Use:   "jetporch",
		Short: "Check and run JetPorch playbooks",
		Long: `Check and run JetPorch playbooks.

  sluice jetporch lint playbook.yml         say what is wrong with it, line by line
  sluice jetporch run playbook.yml --check  show what it would change on this machine
  sluice jetporch run playbook.yml          run it on this machine

Exit code: 0 done, 1 an error was found or a task failed, 2 wrong usage.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("there is no command %q below jetporch; see %s --help", args[0], cmd.CommandPath())}
			}
			return cmd.Help()
		},
	}
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	c.AddCommand(lintCommand(), runCommand())
	for _, sub := range c.Commands() {
		sub.DisableFlagsInUseLine = true
		sub.SilenceErrors, sub.SilenceUsage = true, true
	}
	return c
}

// usageError is an error of whoever typed the command.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// ExitCode is 2.
func (usageError) ExitCode() int { return 2 }

func one(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usageError{fmt.Errorf("one %s is needed; usage: %s", name, cmd.UseLine())}
		}
		return nil
	}
}

func lintCommand() *cobra.Command {
	profile := ""
	extra := []string{}
	c := &cobra.Command{
		Use:   "lint FILE|DIR [--profile 0.1.1|head]",
		Short: "Say what is wrong with a playbook, or with all playbooks of a folder",
		Long: `Say what is wrong with a playbook, or with all playbooks of a folder, each finding on a line:

  FILE:LINE:COLUMN: error|warning CODE: sentence

An error is what jetp refuses or what is certain to fail when it runs; a warning is a trap.
Roles, files and templates beside the playbook are checked with it. A folder with a bundle.yaml is
checked as the server checks a bundle: the variables that it declares count as given. The exit code is 1 when there is
an error, else 0. docs/jetporch.md lists the codes.`,
		Args: one("FILE or DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := script.ParseProfile(profile)
			if err != nil {
				return usageError{err}
			}
			vars, err := run.ExtraVars(extra)
			if err != nil {
				return usageError{err}
			}
			found, err := lintPath(args[0], p, lint.Options{ExtraVars: vars.Keys()})
			if err != nil {
				return err
			}
			errorCount := 0
			for _, f := range found {
				fmt.Fprintln(cmd.OutOrStdout(), f)
				if f.Severity == script.Error {
					errorCount++
				}
			}
			if errorCount > 0 {
				return fmt.Errorf("the playbook has errors: %d", errorCount)
			}
			return nil
		},
	}
	c.Flags().StringVar(&profile, "profile", script.Head.String(), "the `VERSION` of jetp that is to run it: 0.1.1 or head")
	c.Flags().StringArrayVarP(&extra, "extra-vars", "e", nil, "variables given when it runs, as JSON or `@FILE`")
	return c
}
