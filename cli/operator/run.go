package operator

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

// work is what a command does.
type work = func(cmd *cobra.Command, args []string) error

// signedIn makes f the work of a command that speaks with the server.
func (o *operator) signedIn(f func(cmd *cobra.Command, c *client.Client, args []string) error) work {
	return func(cmd *cobra.Command, args []string) error {
		c, err := o.client()
		if err != nil {
			return err
		}
		return f(cmd, c, args)
	}
}

// onID makes f the work of a command whose argument is the id of a thing.
func (o *operator) onID(what string, f func(cmd *cobra.Command, c *client.Client, id int64) error) work {
	return func(cmd *cobra.Command, args []string) error {
		n, err := id(what, args[0])
		if err != nil {
			return err
		}
		c, err := o.client()
		if err != nil {
			return err
		}
		return f(cmd, c, n)
	}
}

// listCommand lists all of a kind.
func listCommand[T any](o *operator, use, short string, list func(*client.Client, context.Context) iter.Seq2[T, error], c columns[T]) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: arguments()}
	limit := limitFlag(cmd)
	cmd.RunE = o.signedIn(func(cmd *cobra.Command, from *client.Client, _ []string) error {
		return showList(o, cmd, list(from, cmd.Context()), *limit, c)
	})
	return cmd
}
