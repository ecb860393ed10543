package sqlstore

import (
	"context"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const (
	executionColumns = `execution.id, execution.update_id, execution.device_id, execution.state, execution.reason,
		execution.attempt, execution.created_at, execution.changed_at, execution.sent_at, execution.finished_at`
	selectExecution = `SELECT ` + executionColumns + ` FROM execution `
)

func scanExecution(r row) (e fleet.Execution, err error) {
	return e, r.Scan(&e.ID, &e.UpdateID, &e.DeviceID, &e.State, &e.Reason, &e.Attempt,
		moment(&e.CreatedAt), moment(&e.ChangedAt), moment(&e.SentAt), moment(&e.FinishedAt))
}

// Execution reads one execution with device, update and confirmation.
func (r reader) Execution(ctx context.Context, id fleet.ExecutionID) (fleet.Execution, error) {
	e, ok, err := one(ctx, r, func(r row) (e fleet.Execution, err error) {
		var confirmation []byte
		err = r.Scan(&e.ID, &e.UpdateID, &e.DeviceID, &e.State, &e.Reason, &e.Attempt,
			moment(&e.CreatedAt), moment(&e.ChangedAt), moment(&e.SentAt), moment(&e.FinishedAt), &confirmation)
		e.Confirmation = confirmation
		return e, err
	}, `SELECT `+executionColumns+`, execution.confirmation FROM execution WHERE id = $1`, id)
	if err == nil && !ok {
		err = notFound("execution %d", id)
	}
	if err != nil {
		return e, r.d.wrap(err, "read execution %d", id)
	}
	all := []fleet.Execution{e}
	err = r.complete(ctx, all)
	return all[0], r.d.wrap(err, "read execution %d", id)
}

// Executions lists the newest first, with device and update.
func (r reader) Executions(ctx context.Context, f control.ExecutionFilter, p control.Page) ([]fleet.Execution, error) {
	w := &where{d: r.d}
	err := hanging(ctx, r, w, "execution.device_id", "device", `(EXISTS (SELECT 1 FROM device
		WHERE device.id = execution.device_id AND (device.unit_id IN ({units})) IS TRUE)) IS TRUE`, p.Within)
	if err != nil {
		return nil, r.d.wrap(err, "list executions")
	}
	w.equal("execution.update_id", f.UpdateID, f.UpdateID != 0)
	w.equal("execution.device_id", f.DeviceID, f.DeviceID != 0)
	if len(f.States) > 0 {
		w.rows("execution.state IN (SELECT x.state FROM {rows})",
			new(rowset).text("state", len(f.States), func(i int) string { return string(f.States[i]) }))
	}
	query := selectExecution + w.page("execution.id", p, true)
	all, err := list(ctx, r, scanExecution, query, w.args...)
	if err == nil {
		err = r.complete(ctx, all)
	}
	return all, r.d.wrap(err, "list executions")
}

// complete fills device and update: two queries and what they need, however
// many executions there are.
func (r reader) complete(ctx context.Context, all []fleet.Execution) error {
	err := attach(all, func(e *fleet.Execution) fleet.DeviceID { return e.DeviceID },
		func(of []fleet.DeviceID) ([]fleet.Device, error) { return r.devices(ctx, of) },
		func(d fleet.Device) fleet.DeviceID { return d.ID },
		func(e *fleet.Execution, d fleet.Device) { e.Device = d })
	if err != nil {
		return err
	}
	return attach(all, func(e *fleet.Execution) fleet.UpdateID { return e.UpdateID },
		func(of []fleet.UpdateID) ([]fleet.Update, error) {
			from, args := r.d.source(ids(of))
			return r.updates(ctx, `WHERE id IN (SELECT x.id FROM `+from+`)`, args...)
		},
		func(u fleet.Update) fleet.UpdateID { return u.ID },
		func(e *fleet.Execution, u fleet.Update) { e.Update = u })
}

// ExecutionEvents reads a page of the story of an execution.
func (r reader) ExecutionEvents(ctx context.Context, id fleet.ExecutionID, p control.Page, newestFirst bool) ([]fleet.ExecutionEvent, error) {
	w := &where{d: r.d}
	w.and("execution_id = ?", id)
	query := w.page("id", p, newestFirst)
	all, err := list(ctx, r, func(r row) (e fleet.ExecutionEvent, err error) {
		return e, r.Scan(&e.ID, &e.ExecutionID, &e.Event, &e.State, &e.Detail, &e.Mismatch, moment(&e.At), moment(&e.DeviceAt))
	}, `SELECT id, execution_id, event, state, detail, mismatch, at, device_at FROM execution_event `+query, w.args...)
	return all, r.d.wrap(err, "read the events of execution %d", id)
}
