package operator

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) unitCommand() *cobra.Command {
	return group("unit", "The organisation: service, channels, customers, organisational units", `  sluice unit list
  sluice unit create Acme --kind customer --below 2
  sluice unit rename 3 "Acme Ltd"`,
		o.unitListCommand(), o.unitCreateCommand(), o.unitRenameCommand())
}

func (o *operator) unitListCommand() *cobra.Command {
	return listCommand(o, "list", "List units, parents before children", (*client.Client).Units, columns[client.Unit]{
		[]string{"ID", "KIND", "NAME", "BELOW"},
		func(u client.Unit) []string { return []string{fmt.Sprint(u.ID), u.Kind, u.Name, number(u.ParentID)} }})
}

func (o *operator) unitCreateCommand() *cobra.Command {
	var kind string
	var below int64
	cmd := &cobra.Command{
		Use:   "create NAME --kind KIND",
		Short: "Make a unit below another",
		Long: `Make a unit below another. A channel hangs below the service, a customer below the
service or a channel, an ou below a customer or another ou. A unit stays where it
was made.

  sluice unit create North --kind channel
  sluice unit create Acme --kind customer --below 2`,
		Args: arguments("NAME"),
	}
	cmd.Flags().StringVar(&kind, "kind", "", "channel, customer or ou")
	cmd.Flags().Int64Var(&below, "below", 1, "id of the unit above, default the service")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if kind == "" {
			return usageError{errors.New("--kind is missing; give channel, customer or ou")}
		}
		c, err := o.client()
		if err != nil {
			return err
		}
		u, err := c.CreateUnit(cmd.Context(), below, kind, args[0])
		if err != nil {
			return err
		}
		return o.show(cmd, u, func(w io.Writer) { fmt.Fprintf(w, "unit %d is the %s %s\n", u.ID, u.Kind, clean(u.Name)) })
	}
	return cmd
}

func (o *operator) unitRenameCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rename ID NAME",
		Short: "Give a unit another name",
		Args:  arguments("ID", "NAME"),
		RunE: o.signedIn(func(cmd *cobra.Command, c *client.Client, args []string) error {
			unit, err := id("unit", args[0])
			if err != nil {
				return err
			}
			u, err := c.RenameUnit(cmd.Context(), unit, args[1])
			if err != nil {
				return err
			}
			return o.show(cmd, u, func(w io.Writer) { fmt.Fprintf(w, "unit %d is the %s %s\n", u.ID, u.Kind, clean(u.Name)) })
		}),
	}
}

// number is an id for people, "" for none.
func number(id int64) string {
	if id == 0 {
		return ""
	}
	return fmt.Sprint(id)
}
