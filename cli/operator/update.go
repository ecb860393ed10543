package operator

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) updateCommand() *cobra.Command {
	return group("update", "Give updates to devices and follow them", `  sluice update create --release hello@1.0.0 --device 7076FF0054070B21 --dry-run
  sluice update create --release hello@1.0.0 --device 7076FF0054070B21 --watch
  sluice update create --type magic_link --magic-link 5e1f… --group "line 3"
  sluice update create --type jetporch --script fix.yaml --device 7076FF0054070B21
  sluice update create --script fix.yaml --group "line 3" --check --watch
  sluice update apply 5
  sluice update list
  sluice update watch 5
  sluice update cancel 5`,
		o.updateCreateCommand(), o.updateApplyCommand(), o.updateListCommand(), o.updateShowCommand(), o.updateCancelCommand(), o.updateWatchCommand())
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
	var f client.UpdateFilter
	cmd := &cobra.Command{Use: "list", Short: "List updates, newest first", Args: arguments()}
	limit := limitFlag(cmd)
	group := cmd.Flags().String("group", "", "given to the group of this name or id")
	cmd.Flags().Int64Var(&f.Check, "check", 0, "that apply the check of this id")
	cmd.Flags().BoolVar(&f.Waiting, "waiting", false, "only those with a command that waits to be sent")
	cmd.RunE = o.signedIn(func(cmd *cobra.Command, c *client.Client, _ []string) error {
		var err error
		if f.Group, err = groupID(cmd.Context(), c, *group); err != nil {
			return err
		}
		return showList(o, cmd, c.Updates(cmd.Context(), f), *limit, updateColumns)
	})
	return cmd
}

var updateColumns = columns[client.Update]{
	[]string{"ID", "TITLE", "STATUS", "SENT", "WHAT CAME OF IT", "CREATED", "BY"},
	func(u client.Update) []string {
		return []string{fmt.Sprint(u.ID), titled(u), word(u.Status), fmt.Sprintf("%d of %d", u.Sent, u.Total), came(u), moment(u.CreatedAt), u.CreatedBy}
	},
}

// titled is the title, of a check too.
func titled(u client.Update) string {
	if u.Check {
		return "check: " + u.Title
	}
	return u.Title
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
			fields(w, "id", fmt.Sprint(u.ID), "title", u.Title, "type", word(u.Type), "release", u.Release.Name+"@"+u.Release.Version, "group", number(u.GroupID),
				"check", map[bool]string{true: "yes, it changes nothing"}[u.Check], "applies check", number(u.CheckID), "variables", variables(u.Variables),
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
