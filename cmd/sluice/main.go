// Command sluice is the server, the Workbench, the demo and the operator's
// tool. Each command is a package of its own below cli/.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/app"
	"github.com/sluicehq/sluice/cli/agent"
	"github.com/sluicehq/sluice/cli/demo"
	"github.com/sluicehq/sluice/cli/jetporch"
	"github.com/sluicehq/sluice/cli/operator"
	"github.com/sluicehq/sluice/cli/server"
	"github.com/sluicehq/sluice/cli/workbench"
)

func main() {
	if filepath.Base(os.Args[0]) == agent.Name {
		os.Exit(agent.Main())
	}
	os.Exit(run(context.Background(), os.Args[1:]))
}

// run runs the command and returns its exit code.
func run(ctx context.Context, args []string) int {
	root := &cobra.Command{
		Use:           "sluice",
		Short:         "Deliver software to fleets of gateways and thin clients",
		Version:       app.Version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddGroup(&cobra.Group{ID: "run", Title: "Run:"}, &cobra.Group{ID: "build", Title: "Build packages, check playbooks:"},
		&cobra.Group{ID: "operate", Title: "Operate a fleet:"})
	add(root, "run", demo.Command(), server.Command())
	add(root, "build", workbench.Command(), jetporch.Command())
	add(root, "operate", operator.Commands()...)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sluice:", err)
	}
	return operator.ExitCode(err)
}

func add(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = group
		root.AddCommand(c)
	}
}
