package operator

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

var executionColumns = columns[client.Execution]{
	[]string{"ID", "UPDATE", "DEVICE", "STATE", "SINCE", "REASON"},
	func(e client.Execution) []string {
		return []string{fmt.Sprint(e.ID), fmt.Sprint(e.Update.ID), e.Device.Key, word(e.State), moment(e.ChangedAt), e.Reason}
	},
}

func (o *operator) executionCommand() *cobra.Command {
	return group("execution", "Look at single executions: one update on one device", `  sluice execution list --update 5 --state failed
  sluice execution show 17
  sluice execution cancel 17`,
		o.executionListCommand(), o.executionShowCommand(), o.executionCancelCommand())
}

func (o *operator) executionListCommand() *cobra.Command {
	var f client.ExecutionFilter
	var key string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List executions, newest first",
		Args:  arguments(),
	}
	limit := limitFlag(cmd)
	cmd.Flags().Int64Var(&f.Update, "update", 0, "of this update")
	cmd.Flags().StringVar(&key, "device", "", "of the device of this key")
	cmd.Flags().StringSliceVar(&f.States, "state", nil, "in this state; more with commas or the flag again")
	cmd.RunE = o.signedIn(func(cmd *cobra.Command, c *client.Client, _ []string) error {
		if key != "" {
			d, err := c.DeviceByKey(cmd.Context(), key)
			if err != nil {
				return err
			}
			f.Device = d.ID
		}
		return showList(o, cmd, c.Executions(cmd.Context(), f), *limit, executionColumns)
	})
	return cmd
}

// told is an execution with its story.
type told struct {
	client.Execution
	Events []client.ExecutionEvent `json:"events"`
}

func (o *operator) executionShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show an execution, its story and the installer's confirmation",
		Args:  arguments("ID"),
		RunE: o.onID("execution", func(cmd *cobra.Command, c *client.Client, execution int64) error {
			e, err := c.Execution(cmd.Context(), execution)
			if err != nil {
				return err
			}
			events, err := client.Collect(c.ExecutionEvents(cmd.Context(), execution), 0)
			if err != nil {
				return err
			}
			return o.show(cmd, told{e, events}, func(w io.Writer) { writeExecution(w, e, events) })
		}),
	}
}

func writeExecution(w io.Writer, e client.Execution, events []client.ExecutionEvent) {
	fields(w, "id", fmt.Sprint(e.ID), "update", fmt.Sprintf("%d %s", e.Update.ID, e.Update.Title), "device", e.Device.Key,
		"state", word(e.State), "reason", e.Reason, "attempt", fmt.Sprint(e.Attempt), "created", moment(e.CreatedAt),
		"sent", moment(e.SentAt), "finished", moment(e.FinishedAt))
	fmt.Fprintln(w)
	columns[client.ExecutionEvent]{[]string{"AT", "EVENT", "STATE", "DETAIL"}, func(v client.ExecutionEvent) []string {
		detail := v.Detail
		if v.Mismatch {
			detail = "contradicts the result: " + detail
		}
		return []string{moment(v.At), word(v.Event), word(v.State), detail}
	}}.write(w, events)
	if len(e.Confirmation) > 0 {
		fmt.Fprintln(w, "\nconfirmation")
		writeConfirmation(w, e.Confirmation)
	}
}

// writeConfirmation indents what the installer wrote; JSON escapes every
// control character but the line ends that are made here.
func writeConfirmation(w io.Writer, confirmation json.RawMessage) {
	var v any
	if json.Unmarshal(confirmation, &v) == nil {
		_ = writeJSON(w, v, "  ") // as with every print here, a closed output ends the program
	}
}

func (o *operator) executionCancelCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "cancel ID",
		Short: "Take back an execution that was not sent",
		Args:  arguments("ID"),
		RunE: o.onID("execution", func(cmd *cobra.Command, c *client.Client, execution int64) error {
			e, err := c.CancelExecution(cmd.Context(), execution)
			if err != nil {
				return err
			}
			return o.show(cmd, e, func(w io.Writer) {
				fmt.Fprintf(w, "execution %d on %s is %s\n", e.ID, clean(e.Device.Key), word(e.State))
			})
		}),
	}
}
