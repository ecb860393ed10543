package operator

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) deviceCommand() *cobra.Command {
	return group("device", "List devices, let them in, look at them", `  sluice device list --state pending
  sluice device show 7076FF0054070B21
  sluice device accept 7076FF0054070B21
  sluice device place 7076FF0054070B21 --unit 4 --name "line 3"
  sluice device updates 7076FF0054070B21
  sluice device token 7076FF0054070B21
  sluice device log 7076FF0054070B21 --limit 20`,
		o.deviceListCommand(), o.deviceShowCommand(),
		o.deviceActCommand("accept", "Let a device in", (*client.Client).AcceptDevice),
		o.deviceActCommand("reject", "Refuse a device at the door", (*client.Client).RejectDevice),
		o.deviceRemoveCommand(), o.devicePlaceCommand(), o.deviceExportCommand(), o.deviceImportCommand(), o.deviceUpdatesCommand(),
		o.tokenCommand(), o.tokensCommand(), o.deviceLogCommand(), o.deviceFilesCommand(), o.diagnosticCommand())
}

func (o *operator) deviceListCommand() *cobra.Command {
	var f client.DeviceFilter
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List devices, oldest first",
		Args:  arguments(),
	}
	limit := limitFlag(cmd)
	group := filterFlags(cmd, &f)
	cmd.RunE = o.signedIn(func(cmd *cobra.Command, c *client.Client, _ []string) error {
		var err error
		if f.Group, err = groupID(cmd.Context(), c, *group); err != nil {
			return err
		}
		return showList(o, cmd, c.Devices(cmd.Context(), f), *limit, deviceColumns)
	})
	return cmd
}

var deviceColumns = columns[client.Device]{
	[]string{"KEY", "STATE", "PRESENCE", "MODEL", "OS", "VERSION", "LAST SEEN"},
	func(d client.Device) []string {
		return []string{d.Key, d.State, d.Presence, d.Model, d.OS, d.Version, moment(d.LastSeenAt)}
	},
}

func (o *operator) deviceUpdatesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "updates KEY",
		Short: "The last updates of a device, newest first",
		Args:  arguments("KEY"),
	}
	limit := limitFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return o.withDevice(cmd.Context(), args[0], func(c *client.Client, d client.Device) error {
			return showList(o, cmd, c.DeviceUpdates(cmd.Context(), d.ID), *limit, columns[client.LastUpdate]{
				[]string{"EXECUTION", "DATE", "TYPE", "TITLE", "BY", "STATUS", "OUTCOME", "SINCE", "REASON"},
				func(u client.LastUpdate) []string {
					return []string{fmt.Sprint(u.ExecutionID), moment(u.CreatedAt), word(u.Type), u.Title, u.CreatedBy, word(u.Status),
						word(u.Outcome), moment(u.StatusAt), u.Reason}
				}})
		})
	}
	return cmd
}

// withDevice runs f on the device of the key.
func (o *operator) withDevice(ctx context.Context, key string, f func(*client.Client, client.Device) error) error {
	c, err := o.client()
	if err != nil {
		return err
	}
	d, err := c.DeviceByKey(ctx, key)
	if err != nil {
		return err
	}
	return f(c, d)
}

// described is a device with what it says of itself.
type described struct {
	client.Device
	Attributes []client.Value `json:"attributes"`
}

func (o *operator) deviceShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show KEY",
		Short: "Show a device and its attributes",
		Args:  arguments("KEY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.withDevice(cmd.Context(), args[0], func(c *client.Client, d client.Device) error {
				attributes, err := client.Collect(c.Values(cmd.Context(), d.ID, "attribute"), 0)
				if err != nil {
					return err
				}
				return o.show(cmd, described{d, attributes}, func(w io.Writer) { writeDevice(w, d, attributes) })
			})
		},
	}
}

func writeDevice(w io.Writer, d client.Device, attributes []client.Value) {
	connected := "no"
	if d.Connected {
		connected = "yes"
	}
	fields(w, "key", d.Key, "name", d.Name, "unit", fmt.Sprint(d.UnitID), "kind", word(d.Kind), "state", d.State, "presence", d.Presence, "connected", connected,
		"link", d.Link, "model", d.Model, "os", d.OS, "architecture", d.Architecture, "version", d.Version,
		"created", moment(d.CreatedAt), "last seen", moment(d.LastSeenAt), "telemetry every", fmt.Sprintf("%d s", d.PollEverySeconds))
	if len(attributes) > 0 {
		fmt.Fprintln(w)
		columns[client.Value]{[]string{"ATTRIBUTE", "VALUE", "AT"},
			func(v client.Value) []string { return []string{v.Key, v.Text, moment(v.At)} }}.write(w, attributes)
	}
}

func (o *operator) deviceActCommand(verb, short string, act func(*client.Client, context.Context, int64) (client.Device, error)) *cobra.Command {
	return &cobra.Command{
		Use:   verb + " KEY",
		Short: short,
		Args:  arguments("KEY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.withDevice(cmd.Context(), args[0], func(c *client.Client, d client.Device) error {
				d, err := act(c, cmd.Context(), d.ID)
				if err != nil {
					return err
				}
				return o.show(cmd, d, func(w io.Writer) { fmt.Fprintf(w, "device %s is %s\n", clean(d.Key), d.State) })
			})
		},
	}
}

func (o *operator) deviceRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "remove KEY",
		Short: "Take a device out of service",
		Long: `Take a device out of service: it is rejected, loses its token and its connection, and
what waits for it is refused. What happened on it stays on record. Only a one-time
token of its key lets it in again.

  sluice device remove 7076FF0054070B21`,
		Args: arguments("KEY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.withDevice(cmd.Context(), args[0], func(c *client.Client, d client.Device) error {
				if err := c.RemoveDevice(cmd.Context(), d.ID); err != nil {
					return err
				}
				return o.show(cmd, map[string]string{"removed": d.Key}, func(w io.Writer) { fmt.Fprintf(w, "device %s is out of service\n", clean(d.Key)) })
			})
		},
	}
}

func (o *operator) deviceLogCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "log KEY",
		Short: "Show the log of a device, newest first",
		Args:  arguments("KEY"),
	}
	limit := limitFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return o.withDevice(cmd.Context(), args[0], func(c *client.Client, d client.Device) error {
			return showList(o, cmd, c.DeviceLog(cmd.Context(), d.ID), *limit, columns[client.LogEntry]{
				[]string{"AT", "LEVEL", "TEXT"},
				func(l client.LogEntry) []string { return []string{moment(l.At), l.Level, l.Text} }})
		})
	}
	return cmd
}

func (o *operator) deviceFilesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "files KEY",
		Short: "List the files that a device uploaded, newest first",
		Args:  arguments("KEY"),
	}
	limit := limitFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return o.withDevice(cmd.Context(), args[0], func(c *client.Client, d client.Device) error {
			return showList(o, cmd, c.DeviceFiles(cmd.Context(), d.ID), *limit, fileColumns)
		})
	}
	return cmd
}

func (o *operator) diagnosticCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "diagnostic KEY",
		Short: "Ask a device for its diagnostic archive",
		Long: `Ask a device for its diagnostic archive, which it uploads to its files.

  sluice device diagnostic 7076FF0054070B21
  sluice device files 7076FF0054070B21
  sluice file download 12`,
		Args: arguments("KEY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.withDevice(cmd.Context(), args[0], func(c *client.Client, d client.Device) error {
				m, err := c.AskDiagnostic(cmd.Context(), d.ID)
				if err != nil {
					return err
				}
				return o.show(cmd, m, func(w io.Writer) {
					fmt.Fprintf(w, "asked %s; the archive will be among: sluice device files %s\n", clean(d.Key), clean(d.Key))
				})
			})
		},
	}
}
