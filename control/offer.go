package control

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/sluicehq/sluice/fleet"
)

// Pack turns an execution into what the device's protocol sends: a mailbox
// command and its parameters. The execution is filled with device, update
// and release.
type Pack func(e fleet.Execution) (command string, params json.RawMessage, err error)

// Offer hands the oldest pending execution to the device, in answer to a
// contact: the move to sent and the message are one transaction, and the
// device is woken after it. A device gets one at a time: while one is in
// flight the others wait, and say so. A rule that no longer holds refuses.
func (c *Control) Offer(ctx context.Context, id fleet.DeviceID, pack Pack) error {
	var changes []Change
	var sent bool
	err := c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		changes, sent = nil, false
		if err := tx.LockDevices(ctx, []fleet.DeviceID{id}); err != nil {
			return err
		}
		pending, err := tx.Executions(ctx, ExecutionFilter{DeviceID: id, States: []fleet.State{fleet.Pending}}, Page{Limit: maxWaiting})
		if err != nil || len(pending) == 0 {
			return err
		}
		slices.Reverse(pending)
		busy, err := tx.Executions(ctx, ExecutionFilter{DeviceID: id, States: inFlight}, Page{Limit: 1})
		if err != nil {
			return err
		}
		for _, e := range pending {
			if len(busy) > 0 || sent {
				err = c.wait(ctx, tx, e, busy)
			} else {
				sent, err = c.send(ctx, tx, e, pack)
			}
			if fleet.CodeOf(err) == fleet.Conflict { // it was cancelled or offered in this moment
				continue
			}
			if err != nil {
				return err
			}
			if sent && busy == nil {
				busy = []fleet.Execution{e}
			}
			changes = append(changes, Change{Device: id, Update: e.UpdateID, Execution: e.ID})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if sent {
		c.ring(id)
	}
	for _, change := range changes {
		c.Feed.publish(change)
	}
	return nil
}

// inFlight are the states in which a device works on an execution.
var inFlight = fleet.TimeOut.From()

func (c *Control) wait(ctx context.Context, tx Tx, e fleet.Execution, busy []fleet.Execution) error {
	reason := "waits until update " + busy[0].UpdateID.String() + " has ended on this device"
	if e.Reason == reason {
		return nil
	}
	return tx.SetExecutionReason(ctx, e.ID, reason)
}

// send refuses the execution or moves it to sent with its message.
func (c *Control) send(ctx context.Context, tx Tx, e fleet.Execution, pack Pack) (sent bool, err error) {
	if e.Update.Release, err = tx.Release(ctx, e.Update.ReleaseID); err != nil {
		return false, err
	}
	if e.Device, err = tx.Device(ctx, e.DeviceID); err != nil {
		return false, err
	}
	if why := refusal(e.Device, e.Update.Type, e.Update.Check, e.Update.Release); why != "" {
		return false, c.advance(ctx, tx, e, Advance{Event: fleet.Refuse, Reason: why}, "server")
	}
	command, params, err := pack(e)
	if err != nil {
		return false, err
	}
	a := Advance{Event: fleet.Send, Reason: "in answer to telemetry over " + linkWord(e.Device.Link)}
	if err := c.advance(ctx, tx, e, a, "server"); err != nil {
		return false, err
	}
	return true, tx.InsertMessage(ctx, fleet.Message{ID: messageID(), DeviceID: e.DeviceID, DeviceKey: e.Device.Key,
		ExecutionID: e.ID, Command: command, Params: params, CreatedAt: c.Now()})
}

func linkWord(l fleet.Link) string {
	switch l {
	case fleet.DDI:
		return "DDI"
	case fleet.Mender:
		return "Mender"
	}
	return "TR50"
}
