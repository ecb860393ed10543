package operator

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) groupCommand() *cobra.Command {
	return group("group", "Groups: named devices inside one unit", `  sluice group create "line 3" --unit 4
  sluice group add "line 3" 7076FF0054070B21 7076FF0054070B22
  sluice group show "line 3"
  sluice group list --device 7076FF0054070B21
  sluice group remove "line 3" 7076FF0054070B22
  sluice group delete "line 3"`,
		o.groupListCommand(), o.groupShowCommand(), o.groupCreateCommand(), o.groupDeleteCommand(),
		o.groupMembersCommand("add", "Put devices into a group", (*client.Client).AddMembers),
		o.groupMembersCommand("remove", "Take devices out of a group; updates given to it go on", (*client.Client).RemoveMembers))
}

func (o *operator) groupListCommand() *cobra.Command {
	var f client.GroupFilter
	var key string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List groups, oldest first",
		Args:  arguments(),
	}
	limit := limitFlag(cmd)
	cmd.Flags().StringVar(&f.Text, "search", "", "part of the name")
	cmd.Flags().Int64Var(&f.Unit, "unit", 0, "of the unit of this id")
	cmd.Flags().StringVar(&key, "device", "", "that the device of this key is a member of")
	cmd.RunE = o.signedIn(func(cmd *cobra.Command, c *client.Client, _ []string) error {
		if key != "" {
			d, err := c.DeviceByKey(cmd.Context(), key)
			if err != nil {
				return err
			}
			f.Device = d.ID
		}
		return showList(o, cmd, c.Groups(cmd.Context(), f), *limit, columns[client.Group]{
			[]string{"ID", "UNIT", "NAME", "DEVICES", "DESCRIPTION"},
			func(g client.Group) []string {
				return []string{fmt.Sprint(g.ID), fmt.Sprint(g.UnitID), g.Name, fmt.Sprint(g.Members), g.Description}
			}})
	})
	return cmd
}

// findGroup reads the group of an id, or of a name that only one group has.
func findGroup(ctx context.Context, c *client.Client, text string) (client.Group, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		return c.Group(ctx, n)
	}
	var found []client.Group
	for g, err := range c.Groups(ctx, client.GroupFilter{Text: text}) {
		if err != nil {
			return g, err
		}
		if g.Name == text {
			found = append(found, g)
		}
	}
	switch len(found) {
	case 0:
		return client.Group{}, &client.Error{Code: client.NotFound, Detail: fmt.Sprintf("there is no group %q; see sluice group list", text)}
	case 1:
		return found[0], nil
	}
	return client.Group{}, &client.Error{Code: client.Conflict, Detail: fmt.Sprintf("%d groups are %q; give the id, see sluice group list", len(found), text)}
}

// groupID is the id of the group of a name or id, 0 where none is named.
func groupID(ctx context.Context, c *client.Client, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	g, err := findGroup(ctx, c, text)
	return g.ID, err
}

// withGroup runs f on the group of the name or id.
func (o *operator) withGroup(ctx context.Context, text string, f func(*client.Client, client.Group) error) error {
	c, err := o.client()
	if err != nil {
		return err
	}
	g, err := findGroup(ctx, c, text)
	if err != nil {
		return err
	}
	return f(c, g)
}

// membership is a group with its devices.
type membership struct {
	client.Group
	Devices []client.Device `json:"devices"`
}

func (o *operator) groupShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show NAME|ID",
		Short: "Show a group and its devices",
		Args:  arguments("NAME"),
	}
	limit := limitFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return o.withGroup(cmd.Context(), args[0], func(c *client.Client, g client.Group) error {
			devices, err := client.Collect(c.GroupDevices(cmd.Context(), g.ID), *limit)
			if err != nil {
				return err
			}
			return o.show(cmd, membership{g, devices}, func(w io.Writer) {
				fields(w, "id", fmt.Sprint(g.ID), "unit", fmt.Sprint(g.UnitID), "name", g.Name, "description", g.Description,
					"devices", fmt.Sprint(g.Members), "created", moment(g.CreatedAt)+" by "+g.CreatedBy)
				fmt.Fprintln(w)
				deviceColumns.write(w, devices)
			})
		})
	}
	return cmd
}

func (o *operator) groupCreateCommand() *cobra.Command {
	var unit int64
	var description string
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make an empty group in a unit",
		Args:  arguments("NAME"),
	}
	cmd.Flags().Int64Var(&unit, "unit", 1, "id of the unit, default the service")
	cmd.Flags().StringVar(&description, "description", "", "what it is for")
	cmd.RunE = o.signedIn(func(cmd *cobra.Command, c *client.Client, args []string) error {
		g, err := c.CreateGroup(cmd.Context(), unit, args[0], description)
		if err != nil {
			return err
		}
		return o.show(cmd, g, func(w io.Writer) { fmt.Fprintf(w, "group %d is %s\n", g.ID, clean(g.Name)) })
	})
	return cmd
}

func (o *operator) groupDeleteCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "delete NAME|ID",
		Short: "Delete a group; its devices and their updates stay",
		Args:  arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.withGroup(cmd.Context(), args[0], func(c *client.Client, g client.Group) error {
				if err := c.DeleteGroup(cmd.Context(), g.ID); err != nil {
					return err
				}
				return o.show(cmd, g, func(w io.Writer) { fmt.Fprintf(w, "deleted the group %s of %d devices\n", clean(g.Name), g.Members) })
			})
		},
	}
}

func (o *operator) groupMembersCommand(verb, short string, act func(*client.Client, context.Context, int64, []string) (client.Group, error)) *cobra.Command {
	return &cobra.Command{
		Use:   verb + " NAME|ID KEY…",
		Short: short,
		Args: func(cmd *cobra.Command, args []string) error {
			return arguments("NAME", "KEY")(cmd, args[:min(len(args), 2)])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.withGroup(cmd.Context(), args[0], func(c *client.Client, g client.Group) error {
				g, err := act(c, cmd.Context(), g.ID, args[1:])
				if err != nil {
					return err
				}
				return o.show(cmd, g, func(w io.Writer) { fmt.Fprintf(w, "group %s has %d devices\n", clean(g.Name), g.Members) })
			})
		},
	}
}
