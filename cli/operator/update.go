package operator

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
	"github.com/sluicehq/sluice/internal/clock"
)

func (o *operator) updateCommand() *cobra.Command {
	return group("update", "Give updates to devices and follow them", `  sluice update create --release hello@1.0.0 --device 7076FF0054070B21 --dry-run
  sluice update create --release hello@1.0.0 --device 7076FF0054070B21 --watch
  sluice update list
  sluice update watch 5
  sluice update cancel 5`,
		o.updateCreateCommand(), o.updateListCommand(), o.updateShowCommand(), o.updateCancelCommand(), o.updateWatchCommand())
}

// order is what update create was told.
type order struct {
	release, title, expires, key string
	devices                      []string
	retries                      int
	dryRun, watch                bool
}

func (o *operator) updateCreateCommand() *cobra.Command {
	var given order
	cmd := &cobra.Command{
		Use:   "create --release NAME@VERSION|ID --device KEY…",
		Short: "Give an update to devices",
		Long: `Give an update to devices. Each gets it with its next telemetry message; a device
that may not have it is refused with the reason.

  sluice update create --release hello@1.0.0 --device 7076FF0054070B21 --device 7076FF0054070B22
  sluice update create --release 4 --device 7076FF0054070B21 --expires 48h --retries 2 --watch
  sluice update create --release 4 --device 7076FF0054070B21 --dry-run

With --watch the exit code says how the update ended, see sluice update watch --help.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.give(cmd, given) },
	}
	f := cmd.Flags()
	f.StringVar(&given.release, "release", "", "what to install: NAME@VERSION or an id")
	f.StringSliceVar(&given.devices, "device", nil, "key of a device; more with commas or the flag again")
	f.StringVar(&given.title, "title", "", "what it is called, default name and version of the release")
	f.StringVar(&given.expires, "expires", "", "take back what was not sent by then: 48h from now, or 2026-12-24T18:00:00Z; default never")
	f.IntVar(&given.retries, "retries", 0, "how often a failed execution is tried again, up to 10")
	f.StringVar(&given.key, "idempotency-key", "", "a second command with the key answers with the update of the first")
	f.BoolVar(&given.dryRun, "dry-run", false, "say what would happen, device by device, and change nothing")
	f.BoolVar(&given.watch, "watch", false, "follow it until it has ended everywhere")
	return cmd
}

func (o *operator) give(cmd *cobra.Command, given order) error {
	switch {
	case given.release == "":
		return usageError{errors.New("--release is missing; give NAME@VERSION or an id")}
	case len(given.devices) == 0:
		return usageError{errors.New("--device is missing; give the key of a device")}
	case given.dryRun && given.watch:
		return usageError{errors.New("with --dry-run there is nothing to --watch")}
	}
	expires, err := deadline(given.expires, clock.System())
	if err != nil {
		return err
	}
	c, err := o.client()
	if err != nil {
		return err
	}
	release, err := findRelease(cmd.Context(), c, given.release)
	if err != nil {
		return err
	}
	n := client.NewUpdate{Type: release.Format, ReleaseID: release.ID, Audience: client.Audience{Devices: given.devices},
		Title: given.title, Retries: given.retries, ExpiresAt: expires, IdempotencyKey: given.key}
	if given.dryRun {
		planned, err := c.PlanUpdate(cmd.Context(), n)
		if err != nil {
			return err
		}
		return o.show(cmd, planned, func(w io.Writer) { plannedColumns.write(w, planned) })
	}
	if n.IdempotencyKey == "" {
		n.IdempotencyKey = rand.Text() // a request that a proxy repeats is one update
	}
	u, err := c.CreateUpdate(cmd.Context(), n)
	if err != nil {
		return err
	}
	if given.watch {
		return o.watch(cmd, c, u.ID)
	}
	return o.show(cmd, u, func(w io.Writer) { fmt.Fprintf(w, "update %d: %s\n", u.ID, came(u)) })
}

var plannedColumns = columns[client.Planned]{
	[]string{"DEVICE", "STATE", "REASON"},
	func(p client.Planned) []string { return []string{p.Device.Key, word(p.State), p.Reason} },
}

// deadline reads a moment, or a time from now.
func deadline(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return now.Add(d).UTC(), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, usageError{fmt.Errorf("cannot read --expires %q; give 48h or 2026-12-24T18:00:00Z", text)}
	}
	return at.UTC(), nil
}

// came says what came of an update: "2 succeeded, 1 refused".
func came(u client.Update) string {
	var parts []string
	for _, state := range slices.Sorted(maps.Keys(u.Counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", u.Counts[state], word(state)))
	}
	return strings.Join(parts, ", ")
}

func (o *operator) updateListCommand() *cobra.Command {
	return listCommand(o, "list", "List updates, newest first", (*client.Client).Updates, columns[client.Update]{
		[]string{"ID", "TITLE", "STATUS", "SENT", "WHAT CAME OF IT", "CREATED", "BY"},
		func(u client.Update) []string {
			return []string{fmt.Sprint(u.ID), u.Title, word(u.Status), fmt.Sprintf("%d of %d", u.Sent, u.Total), came(u), moment(u.CreatedAt), u.CreatedBy}
		}})
}

// followed is an update with its executions.
type followed struct {
	client.Update
	Executions []client.Execution `json:"executions"`
}

func (o *operator) updateShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show an update and its executions",
		Args:  arguments("ID"),
	}
	limit := limitFlag(cmd)
	cmd.RunE = o.onID("update", func(cmd *cobra.Command, c *client.Client, update int64) error {
		u, err := c.Update(cmd.Context(), update)
		if err != nil {
			return err
		}
		executions, err := client.Collect(c.Executions(cmd.Context(), client.ExecutionFilter{Update: update}), *limit)
		if err != nil {
			return err
		}
		return o.show(cmd, followed{u, executions}, func(w io.Writer) {
			fields(w, "id", fmt.Sprint(u.ID), "title", u.Title, "type", word(u.Type), "release", u.Release.Name+"@"+u.Release.Version,
				"status", word(u.Status), "sent", fmt.Sprintf("%d of %d", u.Sent, u.Total), "what came of it", came(u),
				"retries", fmt.Sprint(u.Retries), "expires", moment(u.ExpiresAt), "created", moment(u.CreatedAt)+" by "+u.CreatedBy)
			fmt.Fprintln(w)
			executionColumns.write(w, executions)
		})
	})
	return cmd
}

func (o *operator) updateCancelCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "cancel ID",
		Short: "Take back what was not sent of an update",
		Args:  arguments("ID"),
		RunE: o.onID("update", func(cmd *cobra.Command, c *client.Client, update int64) error {
			n, err := c.CancelUpdate(cmd.Context(), update)
			if err != nil {
				return err
			}
			return o.show(cmd, map[string]int{"cancelled": n}, func(w io.Writer) {
				fmt.Fprintf(w, "update %d: took back %d that were not sent\n", update, n)
			})
		}),
	}
}
