package sqlstore

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Advance is the compare-and-set of an execution. That the move is one of
// fleet.ExecutionTable is the caller's to see to.
func (t tx) Advance(ctx context.Context, a control.Advance) error {
	return t.d.wrap(t.advance(ctx, a), "move execution %d from %s to %s", a.ExecutionID, a.From, a.To)
}

func (t tx) advance(ctx context.Context, a control.Advance) error {
	before, ok, err := one(ctx, t.reader, scanExecution,
		selectExecution+`WHERE execution.id = $1`+t.d.forUpdate, a.ExecutionID)
	if err != nil {
		return err
	}
	if !ok {
		return notFound("execution %d", a.ExecutionID)
	}
	after, err := moved(before, a)
	if err != nil {
		return err
	}
	res, err := t.q.ExecContext(ctx, `UPDATE execution SET state = $1, reason = $2, attempt = $3, changed_at = $4,
		event_at = CASE WHEN event_at > $5 THEN event_at ELSE $6 END, sent_at = $7, finished_at = $8
		WHERE id = $9 AND state = $10`,
		after.State, storable(after.Reason), after.Attempt, micros(a.At), micros(a.At), micros(a.At),
		optional(after.SentAt), optional(after.FinishedAt), a.ExecutionID, a.From)
	if err == nil {
		err = mustHit(res, "execution %d", a.ExecutionID)
	}
	if err != nil {
		return err
	}
	_, err = t.insertEvent(ctx, fleet.ExecutionEvent{
		ExecutionID: a.ExecutionID, Event: a.Event, State: a.To, Detail: a.Reason, At: a.At, DeviceAt: a.DeviceAt,
	})
	if err != nil {
		return err
	}
	slot := int64(a.ExecutionID) % countSlots
	status := int64(0)
	if before.SentAt.IsZero() {
		status = micros(a.At)
	}
	return t.addTallies(ctx, []tally{
		{update: before.UpdateID, state: before.State, sent: !before.SentAt.IsZero(), slot: slot, n: -1, at: status},
		{update: after.UpdateID, state: after.State, sent: !after.SentAt.IsZero(), slot: slot, n: 1, at: status},
	})
}

// moved is the execution after the move.
func moved(e fleet.Execution, a control.Advance) (fleet.Execution, error) {
	if e.State != a.From {
		return e, fleet.Errorf(fleet.Conflict, "execution %d is no longer %s, it is %s", e.ID, a.From.Word(), e.State.Word())
	}
	e.State, e.Reason = a.To, a.Reason
	if a.NewAttempt {
		e.Attempt++
	}
	if a.Event == fleet.Send && e.SentAt.IsZero() {
		e.SentAt = a.At
	}
	if a.To.Final() && e.FinishedAt.IsZero() {
		e.FinishedAt = a.At
	}
	return e, nil
}

// InsertExecutionEvent keeps a report that moves nothing. It counts as a sign
// of life.
func (t tx) InsertExecutionEvent(ctx context.Context, e fleet.ExecutionEvent) error {
	res, err := t.q.ExecContext(ctx, `UPDATE execution SET event_at = CASE WHEN event_at > $1 THEN event_at ELSE $2 END
		WHERE id = $3`, micros(e.At), micros(e.At), e.ExecutionID)
	if err == nil {
		err = mustHit(res, "execution %d", e.ExecutionID)
	}
	if err == nil {
		err = t.makeRoom(ctx, e.ExecutionID)
	}
	if err == nil {
		_, err = t.insertEvent(ctx, e)
	}
	return t.d.wrap(err, "keep an event of execution %d", e.ExecutionID)
}

// makeRoom deletes the last event that moved nothing, where there is no room
// for another. Such an event has the state of the one before it.
func (t tx) makeRoom(ctx context.Context, id fleet.ExecutionID) error {
	type unmoving struct {
		n    int
		last int64
	}
	held, _, err := one(ctx, t.reader, func(r row) (u unmoving, err error) { return u, r.Scan(&u.n, &u.last) },
		`SELECT count(*), coalesce(max(id), 0) FROM (SELECT id, state, lag(state) OVER (ORDER BY id) AS before
		FROM execution_event WHERE execution_id = $1) AS story WHERE state = before`, id)
	if err == nil && held.n >= fleet.MaxUnmoving {
		_, err = t.q.ExecContext(ctx, `DELETE FROM execution_event WHERE id = $1`, held.last)
	}
	return err
}

func (t tx) insertEvent(ctx context.Context, e fleet.ExecutionEvent) (sql.Result, error) {
	return t.q.ExecContext(ctx, `INSERT INTO execution_event (execution_id, event, state, detail, mismatch, at, device_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		e.ExecutionID, e.Event, e.State, storable(e.Detail), e.Mismatch, micros(e.At), optional(e.DeviceAt))
}

// SetExecutionReason replaces the sentence that says why it waits.
func (t tx) SetExecutionReason(ctx context.Context, id fleet.ExecutionID, reason string) error {
	res, err := t.q.ExecContext(ctx, `UPDATE execution SET reason = $1 WHERE id = $2`, storable(reason), id)
	if err == nil {
		err = mustHit(res, "execution %d", id)
	}
	return t.d.wrap(err, "set the reason of execution %d", id)
}

// SetConfirmation keeps what the package installer wrote.
func (t tx) SetConfirmation(ctx context.Context, id fleet.ExecutionID, confirmation []byte) error {
	res, err := t.q.ExecContext(ctx, `UPDATE execution SET confirmation = $1 WHERE id = $2`, confirmation, id)
	if err == nil {
		err = mustHit(res, "execution %d", id)
	}
	return t.d.wrap(err, "keep the confirmation of execution %d", id)
}

// The lists of states of the indices execution_in_flight and execution_unsent,
// in SQL.
var (
	inFlight = quoted(fleet.State.InFlight)
	unsent   = quoted(func(s fleet.State) bool { return slices.Contains(fleet.Expire.From(), s) })
)

func quoted(in func(fleet.State) bool) string {
	var words []string
	for _, s := range fleet.States() {
		if in(s) {
			words = append(words, "'"+string(s)+"'")
		}
	}
	return strings.Join(words, ", ")
}

// DueExecutions lists those that wait for the clock, oldest first: of each
// kind those that are due for longest.
func (t tx) DueExecutions(ctx context.Context, now, silentSince time.Time, limit int) ([]fleet.Execution, error) {
	all, err := list(ctx, t.reader, scanExecution, `SELECT `+executionColumns+` FROM execution WHERE id IN (
		SELECT id FROM (SELECT id FROM execution WHERE state IN (`+unsent+`) AND expires_at IS NOT NULL
			AND expires_at <= $1 ORDER BY expires_at, id LIMIT $2) AS expired
		UNION ALL
		SELECT id FROM (SELECT id FROM execution WHERE state IN (`+inFlight+`)
			AND event_at <= $3 ORDER BY event_at, id LIMIT $4) AS silent
		) ORDER BY id LIMIT $5`+t.d.forUpdateIdle, micros(now), limit, micros(silentSince), limit, limit)
	if err == nil {
		err = t.complete(ctx, all)
	}
	return all, t.d.wrap(err, "list due executions")
}
