package operator

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

const roles = "SERVICE_VIEWER, SERVICE_OPERATOR, SERVICE_ADMINISTRATOR, CUSTOMER_ADMINISTRATOR or CHANNEL_ADMINISTRATOR"

func (o *operator) userCommand() *cobra.Command {
	return group("user", "Users and their roles", `  sluice user create ann@example.com --role SERVICE_OPERATOR --unit 3
  sluice user grant ann@example.com --role SERVICE_VIEWER --unit 4
  sluice user can ann@example.com update.write --unit 3
  sluice user revoke ann@example.com --unit 4
  sluice user reset-password ann@example.com`,
		o.userListCommand(), o.userShowCommand(), o.userCreateCommand(), o.userGrantCommand(), o.userRevokeCommand(),
		o.userActCommand("disable", "Let a user sign in no more; sessions and API tokens end", (*client.Client).DisableUser),
		o.userActCommand("enable", "Let a user sign in again", (*client.Client).EnableUser),
		o.userResetCommand(), o.userCanCommand())
}

func (o *operator) userListCommand() *cobra.Command {
	return listCommand(o, "list", "List users by their creation", (*client.Client).Users, columns[client.User]{
		[]string{"ID", "NAME", "STATE", "CREATED"},
		func(u client.User) []string {
			return []string{fmt.Sprint(u.ID), u.Name, userState(u), moment(u.CreatedAt)}
		}})
}

func userState(u client.User) string {
	switch {
	case !u.DisabledAt.IsZero():
		return "disabled"
	case u.MustChange:
		return "first password"
	}
	return "active"
}

// withUser runs f on the user of the name, with the grants.
func (o *operator) withUser(ctx context.Context, name string, f func(*client.Client, client.User) error) error {
	c, err := o.client()
	if err != nil {
		return err
	}
	for u, err := range c.Users(ctx) {
		if err != nil {
			return err
		}
		if u.Name == name {
			if u, err = c.User(ctx, u.ID); err != nil {
				return err
			}
			return f(c, u)
		}
	}
	return &client.Error{Code: client.NotFound, Detail: fmt.Sprintf("there is no user %q, or none that you manage; see sluice user list", name)}
}

func (o *operator) showUser(cmd *cobra.Command, u client.User) error {
	return o.show(cmd, u, func(w io.Writer) {
		fields(w, "id", fmt.Sprint(u.ID), "name", u.Name, "state", userState(u), "created", moment(u.CreatedAt))
		for _, g := range u.Grants {
			fmt.Fprintf(w, "%s in %s (unit %d)\n", g.Role, clean(g.Unit), g.UnitID)
		}
	})
}

func (o *operator) userShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME",
		Short: "Show a user and the roles",
		Args:  arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.withUser(cmd.Context(), args[0], func(_ *client.Client, u client.User) error { return o.showUser(cmd, u) })
		},
	}
}

// roleFlags are the flags of a grant.
func roleFlags(cmd *cobra.Command) (role *string, unit *int64) {
	return cmd.Flags().String("role", "", roles), cmd.Flags().Int64("unit", 1, "id of the unit, default the service")
}

var errNoRole = usageError{errors.New("--role is missing; give " + roles)}

func (o *operator) userCreateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "create NAME --role ROLE",
		Short: "Make a user; the first password is printed once",
		Long: `Make a user with a role in a unit and below it. The first password is printed this
once, and has to be changed at the first sign-in: sluice password.

  sluice user create ann@example.com --role SERVICE_OPERATOR --unit 3`,
		Args: arguments("NAME"),
	}
	role, unit := roleFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *role == "" {
			return errNoRole
		}
		c, err := o.client()
		if err != nil {
			return err
		}
		password, u, err := c.CreateUser(cmd.Context(), args[0], *unit, *role)
		return o.showPassword(cmd, password, u, err)
	}
	return cmd
}

func (o *operator) userResetCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reset-password NAME",
		Short: "Give a user a new first password, printed once; the sessions end",
		Args:  arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.withUser(cmd.Context(), args[0], func(c *client.Client, u client.User) error {
				password, u, err := c.ResetPassword(cmd.Context(), u.ID)
				return o.showPassword(cmd, password, u, err)
			})
		},
	}
}

// showPassword prints a first password alone, so that a script can take it.
func (o *operator) showPassword(cmd *cobra.Command, password string, u client.User, err error) error {
	if err != nil {
		return err
	}
	answer := struct {
		Password string      `json:"password"`
		User     client.User `json:"user"`
	}{password, u}
	return o.show(cmd, answer, func(w io.Writer) { fmt.Fprintln(w, password) })
}

func (o *operator) userGrantCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "grant NAME --role ROLE",
		Short: "Give a user a role in a unit, in place of any other there",
		Args:  arguments("NAME"),
	}
	role, unit := roleFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *role == "" {
			return errNoRole
		}
		return o.withUser(cmd.Context(), args[0], func(c *client.Client, u client.User) error {
			u, err := c.SetGrant(cmd.Context(), u.ID, *unit, *role)
			if err != nil {
				return err
			}
			return o.showUser(cmd, u)
		})
	}
	return cmd
}

func (o *operator) userRevokeCommand() *cobra.Command {
	var unit int64
	cmd := &cobra.Command{
		Use:   "revoke NAME --unit ID",
		Short: "Take a user's role in a unit away, at once",
		Args:  arguments("NAME"),
	}
	cmd.Flags().Int64Var(&unit, "unit", 0, "id of the unit")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if unit == 0 {
			return usageError{errors.New("--unit is missing; see sluice user show " + args[0])}
		}
		return o.withUser(cmd.Context(), args[0], func(c *client.Client, u client.User) error {
			if err := c.DeleteGrant(cmd.Context(), u.ID, unit); err != nil {
				return err
			}
			return o.show(cmd, u, func(w io.Writer) { fmt.Fprintf(w, "%s has no role in unit %d any more\n", clean(u.Name), unit) })
		})
	}
	return cmd
}

func (o *operator) userActCommand(verb, short string, act func(*client.Client, context.Context, int64) (client.User, error)) *cobra.Command {
	return &cobra.Command{
		Use:   verb + " NAME",
		Short: short,
		Args:  arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.withUser(cmd.Context(), args[0], func(c *client.Client, u client.User) error {
				u, err := act(c, cmd.Context(), u.ID)
				if err != nil {
					return err
				}
				return o.show(cmd, u, func(w io.Writer) { fmt.Fprintf(w, "user %s is %s\n", clean(u.Name), userState(u)) })
			})
		},
	}
}

func (o *operator) userCanCommand() *cobra.Command {
	var unit int64
	cmd := &cobra.Command{
		Use:   "can NAME ACTION",
		Short: "Say whether a user may do an action in a unit, and by which rule",
		Long: `Say whether a user may do an action in a unit, by which row of the table of rights
and which of the user's roles. The exit code is 0 for yes and 5 for no. An action
is device.read, update.write …: what stands beside each route in the API's
document.

  sluice user can ann@example.com update.write --unit 3`,
		Args: arguments("NAME", "ACTION"),
	}
	cmd.Flags().Int64Var(&unit, "unit", 1, "id of the unit, default the service")
	cmd.RunE = o.signedIn(func(cmd *cobra.Command, c *client.Client, args []string) error {
		d, err := c.Can(cmd.Context(), args[0], args[1], unit)
		if err != nil {
			return err
		}
		if !d.Allowed && o.output == table {
			return outcome{exitDenied, "no: " + clean(d.Reason)}
		}
		if err := o.show(cmd, d, func(w io.Writer) { fmt.Fprintln(w, "yes: "+clean(d.Reason)) }); err != nil || d.Allowed {
			return err
		}
		return outcome{exitDenied, "no: " + clean(d.Reason)}
	})
	return cmd
}
