package workbench

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/sup"
)

// action is an entry of the library with its parameters.
type action struct {
	Name    string      `json:"name"`
	Summary string      `json:"summary"`
	Undo    string      `json:"undo"`
	Params  []sup.Param `json:"params"`
}

func actionsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "actions [NAME]",
		Short: "List the library of actions with their parameters",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{fmt.Errorf("%q is one argument too many; usage: %s", args[1], cmd.UseLine())}
			}
			var list []action
			for _, t := range sup.Library {
				if len(args) == 0 || args[0] == t.Name {
					list = append(list, action{t.Name, t.Summary, t.Undo, t.Params()})
				}
			}
			if len(list) == 0 {
				return usageError{fmt.Errorf("there is no action %q; `%s` lists them", args[0], cmd.CommandPath())}
			}
			return report(cmd, list, func(w io.Writer) {
				for i, a := range list {
					if i > 0 {
						fmt.Fprintln(w)
					}
					printAction(w, a)
				}
			})
		},
	}
}

func printAction(w io.Writer, a action) {
	fmt.Fprintf(w, "%s\n  %s\n  Undo: %s\n", a.Name, a.Summary, a.Undo)
	for _, p := range a.Params {
		need := "optional"
		if p.Required {
			need = "required"
		}
		fmt.Fprintf(w, "    %-17s %-14s %-9s %s\n", p.Name, p.Type, need, p.Doc)
	}
}
