package operator

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) apiTokenCommand() *cobra.Command {
	return group("api-token", "API tokens: programs that act for you", `  sluice api-token create ci --life 720h --action release.write,file.write
  sluice api-token list
  sluice api-token revoke ci`,
		o.apiTokenCreateCommand(), o.apiTokenListCommand(), o.apiTokenRevokeCommand())
}

func (o *operator) apiTokenCreateCommand() *cobra.Command {
	var actions []string
	var life time.Duration
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make an API token; its secret is printed once",
		Long: `Make a token with which a program acts for you: with your rights at the time of each
request, and with --action for those actions only. Its secret is printed this once,
and is sent as "Authorization: Bearer SECRET".

  sluice api-token create ci --life 720h --action release.write,file.write`,
		Args: arguments("NAME"),
	}
	cmd.Flags().StringSliceVar(&actions, "action", nil, "limit it to this action, as device.read; more with commas or the flag again")
	cmd.Flags().DurationVar(&life, "life", 90*24*time.Hour, "how long it lasts, up to a year (8760h)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if life < time.Second {
			return usageError{errors.New("--life is a second or longer")}
		}
		c, err := o.client()
		if err != nil {
			return err
		}
		secret, t, err := c.CreateAPIToken(cmd.Context(), client.NewAPIToken{Name: args[0], Actions: actions, LifeSeconds: int64(life / time.Second)})
		if err != nil {
			return err
		}
		answer := struct {
			Secret string          `json:"secret"`
			Token  client.APIToken `json:"token"`
		}{secret, t}
		return o.show(cmd, answer, func(w io.Writer) { fmt.Fprintln(w, secret) })
	}
	return cmd
}

func (o *operator) apiTokenListCommand() *cobra.Command {
	return listCommand(o, "list", "List your API tokens without their secrets", (*client.Client).APITokens, columns[client.APIToken]{
		[]string{"NAME", "FOR", "CREATED", "EXPIRES"},
		func(t client.APIToken) []string {
			limit := "all that you may"
			if len(t.Actions) > 0 {
				limit = strings.Join(t.Actions, ", ")
			}
			return []string{t.Name, limit, moment(t.CreatedAt), moment(t.ExpiresAt)}
		}})
}

func (o *operator) apiTokenRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke NAME",
		Short: "End one of your API tokens",
		Args:  arguments("NAME"),
		RunE: o.signedIn(func(cmd *cobra.Command, c *client.Client, args []string) error {
			if err := c.RevokeAPIToken(cmd.Context(), args[0]); err != nil {
				return err
			}
			return o.show(cmd, map[string]string{"revoked": args[0]}, func(w io.Writer) { fmt.Fprintf(w, "revoked %s\n", clean(args[0])) })
		}),
	}
}
