package control

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// sweepChunk is how many executions one transaction of Sweep moves at the
// most, so that contacts go on in between.
const sweepChunk = 500

// Sweep does what only the clock brings about: unsent executions of an
// update past its expiry expire, executions about which the device was
// silent for ReportTimeout fail, and what is kept for a time goes. It
// returns how many executions it moved.
func (c *Control) Sweep(ctx context.Context) (moved int, err error) {
	for more := true; more && err == nil && ctx.Err() == nil; {
		var n int
		n, more, err = c.sweepSome(ctx)
		moved += n
	}
	return moved, err
}

// sweepSome is one transaction of Sweep; more tells that there may be more to do.
func (c *Control) sweepSome(ctx context.Context) (moved int, more bool, err error) {
	var changes []Change
	var full bool
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		changes = nil
		due, err := tx.DueExecutions(ctx, c.Now(), c.Now().Add(-c.ReportTimeout), sweepChunk)
		if err != nil {
			return err
		}
		full = len(due) == sweepChunk
		for _, e := range due {
			err := c.expire(ctx, tx, e)
			if fleet.CodeOf(err) == fleet.Conflict { // its device, or another server, moved it in this moment
				continue
			}
			if err != nil {
				return err
			}
			changes = append(changes, Change{Device: e.DeviceID, Update: e.UpdateID, Execution: e.ID})
		}
		more, err = tx.DeleteExpired(ctx, c.Now())
		return err
	})
	if err != nil {
		return 0, false, err
	}
	for _, change := range changes {
		c.Feed.publish(change)
	}
	return len(changes), more || full && len(changes) > 0, nil
}

func (c *Control) expire(ctx context.Context, tx Tx, e fleet.Execution) error {
	a := Advance{Event: fleet.Expire, Reason: "not sent before it expired"}
	if e.State.InFlight() {
		a.Event, a.Reason = fleet.TimeOut, "the device did not report for "+c.ReportTimeout.String()
	}
	if err := c.advance(ctx, tx, e, a, "server"); err != nil || a.Event != fleet.TimeOut {
		return err
	}
	return c.withdrawMail(ctx, tx, e)
}

// withdrawMail closes the message of an execution that has ended, so that it
// is not handed out any more.
func (c *Control) withdrawMail(ctx context.Context, tx Tx, e fleet.Execution) error {
	waiting, err := tx.Mailbox(ctx, e.DeviceID, maxWaiting)
	if err != nil {
		return err
	}
	for _, m := range waiting {
		if m.ExecutionID == e.ID {
			_, err := tx.AckMessage(ctx, m.ID, c.Now(), fleet.Answer{ErrorCode: 16, ErrorMessage: "withdrawn: no report in time"})
			return err
		}
	}
	return nil
}
