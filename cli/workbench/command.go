package workbench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// Command returns `sup` with everything below it.
func Command() *cobra.Command {
	sup := &cobra.Command{
		Use:   "sup",
		Short: "Make, sign and check software update packages (.sup)",
		Long: `Make, sign and check software update packages (.sup).

  sluice sup key new release.key         make a signing key
  sluice sup init hello                  write a source folder that explains itself
  sluice sup build hello --key release.key
  sluice sup verify hello-1.0.0.sup --key release.key.pub

Exit code: 0 done, 1 refused or failed, 2 wrong usage.`,
	}
	form := outputForm("table")
	sup.PersistentFlags().Var(&form, "output", "`FORM` of the answer: table or json")
	sup.AddCommand(initCommand(), buildCommand(), signCommand(), inspectCommand(), verifyCommand(), keyCommand(), actionsCommand())
	group(sup)
	for _, c := range sup.Commands() {
		c.DisableFlagsInUseLine = true
	}
	return sup
}

// group makes a command that only holds others: a name that is none of them
// is wrong usage instead of a page of help.
func group(c *cobra.Command) {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usageError{fmt.Errorf("there is no command %q below %q; see %s --help", args[0], cmd.Name(), cmd.CommandPath())}
		}
		return cmd.Help()
	}
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
}

// usageError is an error of whoever typed the command.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// ExitCode tells the program, which knows no type of this package.
func (usageError) ExitCode() int { return 2 }

// ExitCode is 0 for nil, 2 for wrong usage and 1 for every other error.
func ExitCode(err error) int {
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		return 2
	}
	return 1
}

// arguments demands one argument for each name.
func arguments(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usageError{fmt.Errorf("%s is missing; usage: %s", names[len(args)], cmd.UseLine())}
		case len(args) > len(names):
			return usageError{fmt.Errorf("%q is one argument too many; usage: %s", args[len(names)], cmd.UseLine())}
		}
		return nil
	}
}

// outputForm is the value of --output; it is judged before a command runs.
type outputForm string

func (f *outputForm) String() string { return string(*f) }
func (f *outputForm) Type() string   { return "form" }

// Set takes table or json.
func (f *outputForm) Set(form string) error {
	if form != "table" && form != "json" {
		return errors.New("use table or json")
	}
	*f = outputForm(form)
	return nil
}

// report writes the answer in the form that --output asks for.
func report(cmd *cobra.Command, answer any, table func(io.Writer)) error {
	out := cmd.OutOrStdout()
	if cmd.Flag("output").Value.String() == "table" {
		table(out)
		return nil
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(answer)
}
