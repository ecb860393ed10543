package operator

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) tokenCommand() *cobra.Command {
	var shared bool
	var note string
	var unit int64
	var life time.Duration
	cmd := &cobra.Command{
		Use:   "token [KEY]",
		Short: "Make a token with which a device enrols",
		Long: `Make a token with which a device enrols. It is shown this once.

A one-time token lets in the first device that comes with it, or with KEY only
that device, and lasts a day. An application token is shared by many devices,
each of which then waits for: sluice device accept.

  sluice device token 7076FF0054070B21
  sluice device token --application --note "line 3"`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return arguments("KEY")(cmd, args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			n := client.NewToken{Kind: "one_time", UnitID: unit, Note: note, LifeSeconds: int64(life / time.Second)}
			if len(args) == 1 {
				n.DeviceKey = args[0]
			}
			if shared {
				n.Kind = "application"
			}
			if shared && n.DeviceKey != "" {
				return usageError{errors.New("an application token is for many devices; leave the key out")}
			}
			if life < 0 || life > 0 && life < time.Second {
				return usageError{errors.New("--life is a second or longer")}
			}
			c, err := o.client()
			if err != nil {
				return err
			}
			secret, t, err := c.CreateToken(cmd.Context(), n)
			if err != nil {
				return err
			}
			answer := struct {
				Secret string       `json:"secret"`
				Token  client.Token `json:"token"`
			}{secret, t}
			return o.show(cmd, answer, func(w io.Writer) { fmt.Fprintln(w, secret) })
		},
	}
	cmd.Flags().BoolVar(&shared, "application", false, "for many devices, each of which waits to be accepted")
	cmd.Flags().Int64Var(&unit, "unit", 0, "id of the unit where its devices are put, default that of your first role")
	cmd.Flags().StringVar(&note, "note", "", "what it is for")
	cmd.Flags().DurationVar(&life, "life", 0, "how long it may be used, as 90m or 48h; default a day, or for ever with --application")
	return cmd
}

func (o *operator) tokensCommand() *cobra.Command {
	return listCommand(o, "tokens", "List enrolment tokens, newest first, without their secrets", (*client.Client).Tokens, columns[client.Token]{
		[]string{"ID", "KIND", "DEVICE", "USED", "EXPIRES", "CREATED BY", "NOTE"},
		func(t client.Token) []string {
			return []string{fmt.Sprint(t.ID), word(t.Kind), t.DeviceKey, moment(t.UsedAt), moment(t.ExpiresAt), t.CreatedBy, t.Note}
		}})
}
