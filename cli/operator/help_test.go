package operator_test

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestEveryExampleOfTheHelpIsACommand parses each example as the program
// would: the command exists, its flags do, and the arguments are enough.
func TestEveryExampleOfTheHelpIsACommand(t *testing.T) {
	t.Parallel()
	examples := 0
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Short == "" {
			t.Errorf("%s has no short help", c.CommandPath())
		}
		for line := range strings.Lines(c.Long) {
			if example, ok := strings.CutPrefix(line, "  sluice "); ok {
				examples++
				checkExample(t, strings.TrimSpace(example))
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	for _, c := range newRoot().Commands() {
		walk(c)
	}
	if examples < 20 {
		t.Errorf("only %d examples", examples)
	}
}

func checkExample(t *testing.T, example string) {
	example, _, _ = strings.Cut(example, " < ")
	var args []string
	for i, part := range strings.Split(example, `"`) {
		if i%2 == 1 {
			args = append(args, part)
			continue
		}
		args = append(args, strings.Fields(part)...)
	}
	cmd, rest, err := newRoot().Find(args)
	if err != nil {
		t.Errorf("%q: %v", example, err)
		return
	}
	if err := cmd.ParseFlags(rest); err != nil {
		t.Errorf("%q: %v", example, err)
		return
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		t.Errorf("%q: %v", example, err)
	}
	if cmd.HasSubCommands() {
		t.Errorf("%q names a group, not a command", example)
	}
}
