package operator

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

// going says how a command that gives an update goes on.
type going struct {
	key           string
	dryRun, watch bool
}

func (g *going) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&g.key, "idempotency-key", "", "a second command with the key answers with the update of the first")
	f.BoolVar(&g.dryRun, "dry-run", false, "say what would happen, device by device, and change nothing")
	f.BoolVar(&g.watch, "watch", false, "follow it until it has ended everywhere")
}

func (g *going) check() error {
	if g.dryRun && g.watch {
		return errors.New("with --dry-run there is nothing to --watch")
	}
	return nil
}

// run plans or gives, and follows what was given.
func (o *operator) run(cmd *cobra.Command, c *client.Client, g going, plan func() ([]client.Planned, error), give func(key string) (client.Update, error)) error {
	if g.dryRun {
		planned, err := plan()
		if err != nil {
			return err
		}
		return o.show(cmd, planned, func(w io.Writer) { plannedColumns.write(w, planned) })
	}
	if g.key == "" {
		g.key = rand.Text() // a request that a proxy repeats is one update
	}
	u, err := give(g.key)
	if err != nil {
		return err
	}
	if g.watch {
		return o.watch(cmd, c, u.ID)
	}
	return o.show(cmd, u, func(w io.Writer) { fmt.Fprintf(w, "update %d: %s\n", u.ID, came(u)) })
}

func (o *operator) updateApplyCommand() *cobra.Command {
	var g going
	cmd := &cobra.Command{
		Use:   "apply ID",
		Short: "Apply exactly what a check has shown",
		Long: `Apply exactly what a check has shown: the same release with the same variables, to
the devices on which the check succeeded. Those that have not answered, or failed,
are left out, and so are those on which it was applied before, unless that failed.

  sluice update create --script fix.yaml --group "line 3" --check --watch
  sluice update apply 5 --watch`,
		Args: arguments("ID"),
	}
	cmd.RunE = o.onID("update", func(cmd *cobra.Command, c *client.Client, check int64) error {
		if err := g.check(); err != nil {
			return usageError{err}
		}
		return o.run(cmd, c, g, func() ([]client.Planned, error) { return c.PlanApplyCheck(cmd.Context(), check) },
			func(key string) (client.Update, error) { return c.ApplyCheck(cmd.Context(), check, key) })
	})
	g.flags(cmd)
	return cmd
}
