package control

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// Execution reads one execution with its confirmation.
func (c *Control) Execution(ctx context.Context, a Actor, id fleet.ExecutionID) (fleet.Execution, error) {
	return c.execution(ctx, a, fleet.UpdateRead, id)
}

func (c *Control) execution(ctx context.Context, a Actor, do fleet.Action, id fleet.ExecutionID) (fleet.Execution, error) {
	e, err := c.Store.Execution(ctx, id)
	if err != nil {
		return e, err
	}
	if err := c.Authorize(ctx, a, do, e.Device.UnitID); err != nil {
		return fleet.Execution{}, err
	}
	e.Device.Connected = c.Connected(e.DeviceID)
	return e, nil
}

// Executions lists executions, newest first.
func (c *Control) Executions(ctx context.Context, a Actor, f ExecutionFilter, p Page) (_ []fleet.Execution, err error) {
	if p.Within, err = c.within(a, fleet.UpdateRead); err != nil {
		return nil, err
	}
	return c.Store.Executions(ctx, f, p)
}

// ExecutionEvents is a page of the story of an execution, oldest or newest
// first.
func (c *Control) ExecutionEvents(ctx context.Context, a Actor, id fleet.ExecutionID, p Page, newestFirst bool) ([]fleet.ExecutionEvent, error) {
	if _, err := c.execution(ctx, a, fleet.UpdateRead, id); err != nil {
		return nil, err
	}
	return c.Store.ExecutionEvents(ctx, id, p, newestFirst)
}

// CancelExecution takes an unsent execution back. One that was sent is a
// fleet.Conflict: only the device can still end it.
func (c *Control) CancelExecution(ctx context.Context, a Actor, id fleet.ExecutionID) error {
	if _, err := c.execution(ctx, a, fleet.UpdateCancel, id); err != nil {
		return err
	}
	var e fleet.Execution
	err := c.Store.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		if e, err = tx.Execution(ctx, id); err != nil {
			return err
		}
		return c.cancel(ctx, tx, a, e)
	})
	if err == nil {
		c.Feed.publish(Change{Device: e.DeviceID, Update: e.UpdateID, Execution: e.ID})
	}
	return err
}

// CancelUpdate takes back whatever of an update was not sent, on the devices
// on which the actor may cancel, and returns how many executions that were.
func (c *Control) CancelUpdate(ctx context.Context, a Actor, id fleet.UpdateID) (cancelled int, err error) {
	if _, err := c.Update(ctx, a, id); err != nil {
		return 0, err
	}
	within, err := c.within(a, fleet.UpdateCancel)
	if err != nil {
		return 0, err
	}
	for {
		tried, n, err := c.cancelSome(ctx, a, id, within)
		cancelled += n
		if err != nil || tried == 0 {
			return cancelled, err
		}
		c.Feed.publish(Change{Update: id})
	}
}

// cancelChunk is how many executions one transaction cancels, so that
// contacts go on in between.
const cancelChunk = 500

// cancelSome cancels a chunk. One that is sent in the same moment is passed
// over: sending won.
func (c *Control) cancelSome(ctx context.Context, a Actor, id fleet.UpdateID, within []fleet.UnitID) (tried, n int, err error) {
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		tried, n = 0, 0
		unsent, err := tx.Executions(ctx, ExecutionFilter{UpdateID: id, States: fleet.Cancel.From()}, Page{Limit: cancelChunk, Within: within})
		for i := 0; err == nil && i < len(unsent); i++ {
			tried++
			if err = c.cancel(ctx, tx, a, unsent[i]); err == nil {
				n++
			} else if fleet.CodeOf(err) == fleet.Conflict {
				err = nil
			}
		}
		return err
	})
	return tried, n, err
}

func (c *Control) cancel(ctx context.Context, tx Tx, a Actor, e fleet.Execution) error {
	_, err := e.State.Next(fleet.Cancel)
	if err != nil && e.State.Final() {
		return fleet.Errorf(fleet.Conflict, "cannot cancel the update on %s: it has ended: %s since %s",
			e.Device.Key, e.State.Word(), e.ChangedAt.UTC().Format(moment))
	}
	if err != nil {
		return fleet.Errorf(fleet.Conflict, "cannot cancel the update on %s: it is %s since %s, and only the device can end it",
			e.Device.Key, e.State.Word(), e.ChangedAt.UTC().Format(moment))
	}
	return c.advance(ctx, tx, e, Advance{Event: fleet.Cancel, Reason: "by " + a.Name()}, a.Name())
}
