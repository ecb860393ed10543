package operator

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) magicLinkCommand() *cobra.Command {
	return group("magic-link", "Magic Links: a hash for one release and the devices declared for it", `  sluice magic-link create --release hello@1.0.0 --device 7076FF0054070B21
  sluice magic-link list
  sluice magic-link show 2
  sluice magic-link revoke 2`,
		o.magicLinkListCommand(), o.magicLinkCreateCommand(), o.magicLinkShowCommand(), o.magicLinkRevokeCommand())
}

func linkState(m client.MagicLink) string {
	if m.RevokedAt.IsZero() {
		return "good"
	}
	return "revoked " + moment(m.RevokedAt)
}

func (o *operator) magicLinkListCommand() *cobra.Command {
	return listCommand(o, "list", "List Magic Links without their hashes, newest first", (*client.Client).MagicLinks, columns[client.MagicLink]{
		[]string{"ID", "RELEASE", "DEVICES", "STATE", "CREATED", "BY", "NOTE"},
		func(m client.MagicLink) []string {
			return []string{fmt.Sprint(m.ID), m.Release.Name + "@" + m.Release.Version, fmt.Sprint(m.Declared), linkState(m),
				moment(m.CreatedAt), m.CreatedBy, m.Note}
		}})
}

func (o *operator) magicLinkCreateCommand() *cobra.Command {
	var release, note string
	var devices []string
	cmd := &cobra.Command{
		Use:   "create --release NAME@VERSION|ID --device KEY…",
		Short: "Make a Magic Link; the hash is printed once",
		Long: `Make a Magic Link. Its hash is printed this once: whoever knows it gives the release
to the devices that are declared here, with: sluice update create --magic-link.

  sluice magic-link create --release hello@1.0.0 --device 7076FF0054070B21,7076FF0054070B22 --note "case 118"`,
		Args: arguments(),
	}
	f := cmd.Flags()
	f.StringVar(&release, "release", "", "what it installs: NAME@VERSION or an id")
	f.StringSliceVar(&devices, "device", nil, "key of a device that it is good for; more with commas or the flag again")
	f.StringVar(&note, "note", "", "what it is for")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if release == "" || len(devices) == 0 {
			return usageError{errors.New("a Magic Link needs --release and at least one --device")}
		}
		c, err := o.client()
		if err != nil {
			return err
		}
		r, err := findRelease(cmd.Context(), c, release)
		if err != nil {
			return err
		}
		hash, m, err := c.CreateMagicLink(cmd.Context(), r.ID, devices, note)
		if err != nil {
			return err
		}
		answer := struct {
			Hash      string           `json:"hash"`
			MagicLink client.MagicLink `json:"magic_link"`
		}{hash, m}
		return o.show(cmd, answer, func(w io.Writer) { fmt.Fprintln(w, hash) })
	}
	return cmd
}

func (o *operator) magicLinkShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show a Magic Link and its declared devices",
		Args:  arguments("ID"),
		RunE: o.onID("magic-link", func(cmd *cobra.Command, c *client.Client, link int64) error {
			m, err := c.MagicLink(cmd.Context(), link)
			if err != nil {
				return err
			}
			return o.show(cmd, m, func(w io.Writer) {
				fields(w, "id", fmt.Sprint(m.ID), "release", m.Release.Name+"@"+m.Release.Version, "state", linkState(m), "note", m.Note,
					"created", moment(m.CreatedAt)+" by "+m.CreatedBy)
				for _, key := range m.Devices {
					fmt.Fprintln(w, clean(key))
				}
			})
		}),
	}
}

func (o *operator) magicLinkRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID",
		Short: "Make a Magic Link good for nothing; what was given with it goes on",
		Args:  arguments("ID"),
		RunE: o.onID("magic-link", func(cmd *cobra.Command, c *client.Client, link int64) error {
			m, err := c.RevokeMagicLink(cmd.Context(), link)
			if err != nil {
				return err
			}
			return o.show(cmd, m, func(w io.Writer) { fmt.Fprintf(w, "Magic Link %d is revoked\n", m.ID) })
		}),
	}
}
