package control

import (
	"context"
	"encoding/json"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// maxConfirmation bounds a stored confirmation in bytes.
const maxConfirmation = 1 << 20

// Report is a device's word on an execution.
type Report struct {
	Device       fleet.DeviceID
	Execution    fleet.ExecutionID
	Event        fleet.Event
	Detail       string
	DeviceAt     time.Time
	Confirmation json.RawMessage

	// late marks a word on a message that was answered before: it is kept, and
	// moves nothing, since the execution may be at another attempt by now.
	late bool
}

// Report takes a device's word and moves the execution where the table says.
// A word that moves nothing, late, repeated or out of order, is kept as an
// event; one that contradicts the result is kept as a mismatch.
func (c *Control) Report(ctx context.Context, r Report) error {
	var changed Change
	err := c.Store.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		changed, err = c.report(ctx, tx, r)
		return err
	})
	if err == nil {
		c.Feed.publish(changed)
	}
	return err
}

func (c *Control) report(ctx context.Context, tx Tx, r Report) (Change, error) {
	e, err := tx.Execution(ctx, r.Execution)
	if err != nil {
		return Change{}, err
	}
	if e.DeviceID != r.Device {
		return Change{}, fleet.Errorf(fleet.NotFound, "execution %s is not of this device", r.Execution)
	}
	changed := Change{Device: e.DeviceID, Update: e.UpdateID, Execution: e.ID}
	r.Detail = clip(r.Detail, maxLogText)
	if len(r.Confirmation) > 0 && len(r.Confirmation) <= maxConfirmation && !e.State.Final() && !r.late {
		if err := tx.SetConfirmation(ctx, e.ID, r.Confirmation); err != nil {
			return changed, err
		}
	}
	if r.Event == fleet.Fail && !r.late && e.Attempt <= e.Update.Retries {
		if _, err := e.State.Next(fleet.Retry); err == nil {
			r.Event = fleet.Retry
		}
	}
	if _, err := e.State.Next(r.Event); err != nil || r.late {
		return changed, tx.InsertExecutionEvent(ctx, fleet.ExecutionEvent{ExecutionID: e.ID, Event: r.Event, State: e.State,
			Detail: r.Detail, Mismatch: e.State.Contradicts(r.Event), At: c.Now(), DeviceAt: r.DeviceAt})
	}
	return changed, c.advance(ctx, tx, e, Advance{Event: r.Event, Reason: r.Detail, DeviceAt: r.DeviceAt}, "device "+e.Device.Key)
}

// advance moves an execution by the event of a, of which the rest is filled
// here: where the move leads is the table's word alone, and a fleet.Conflict
// where it has none. The end of an execution also goes to the audit log.
func (c *Control) advance(ctx context.Context, tx Tx, e fleet.Execution, a Advance, actor string) (err error) {
	a.ExecutionID, a.From, a.At, a.NewAttempt = e.ID, e.State, c.Now(), a.Event == fleet.Retry
	if a.To, err = e.State.Next(a.Event); err != nil {
		return err
	}
	if err := tx.Advance(ctx, a); err != nil || !a.To.Final() {
		return err
	}
	return tx.InsertAudit(ctx, c.auditIn(e.Device.UnitID, actor, "execution."+string(a.To), "execution "+e.ID.String()+" on "+e.Device.Key, a.Reason))
}
