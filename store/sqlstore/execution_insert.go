package sqlstore

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// insertChunk is how many executions one statement inserts.
const insertChunk = 1000

// InsertExecutions inserts executions, the first event of each, and the
// counts of their updates. One made in a final state is finished at once.
func (t tx) InsertExecutions(ctx context.Context, list []fleet.Execution) error {
	for chunk := range slices.Chunk(list, insertChunk) {
		if err := t.insertExecutions(ctx, chunk); err != nil {
			return t.d.wrap(err, "make executions of update %d", chunk[0].UpdateID)
		}
	}
	return nil
}

func (t tx) insertExecutions(ctx context.Context, list []fleet.Execution) error {
	for _, like := range alike(list) {
		if err := t.insertAlike(ctx, like); err != nil {
			return err
		}
	}
	return t.addTallies(ctx, tallies(list))
}

// alike sorts executions into lists of those that differ in device and reason
// only, in the order of their first.
func alike(list []fleet.Execution) [][]fleet.Execution {
	type key struct {
		update                  fleet.UpdateID
		state                   fleet.State
		attempt                 int
		created, sent, finished int64
	}
	at := map[key]int{}
	var all [][]fleet.Execution
	for _, e := range list {
		k := key{e.UpdateID, e.State, e.Attempt, micros(e.CreatedAt), micros(e.SentAt), micros(e.FinishedAt)}
		i, ok := at[k]
		if !ok {
			i = len(all)
			at[k], all = i, append(all, nil)
		}
		all[i] = append(all[i], e)
	}
	return all
}

// insertAlike inserts executions that differ in device and reason only. What
// they share goes to the database once, which is most of the speed. A CROSS
// JOIN is what SQLite reads from left to right; the update is in every row,
// since PostgreSQL would read all of a single one's executions.
func (t tx) insertAlike(ctx context.Context, list []fleet.Execution) error {
	e, n := list[0], len(list)
	devices := func() *rowset { return new(rowset).ints("id", n, func(i int) int64 { return int64(list[i].DeviceID) }) }
	created := micros(e.CreatedAt)
	w := &where{d: t.d}
	query := w.text(`INSERT INTO execution (update_id, device_id, state, reason, attempt,
		created_at, changed_at, event_at, sent_at, finished_at, expires_at)
		SELECT CAST(? AS bigint), x.id, CAST(? AS text), x.reason, CAST(? AS bigint),
		CAST(? AS bigint), CAST(? AS bigint), CAST(? AS bigint), CAST(? AS bigint), CAST(? AS bigint),
		(SELECT expires_at FROM "update" WHERE id = ?) FROM `, e.UpdateID, e.State, max(e.Attempt, 1),
		created, created, created, optional(e.SentAt), optional(finishedAt(e)), e.UpdateID) +
		w.source(devices().text("reason", n, func(i int) string { return list[i].Reason }))
	if _, err := t.q.ExecContext(ctx, query, w.args...); err != nil {
		return err
	}
	w = &where{d: t.d}
	query = w.text(`INSERT INTO execution_event (execution_id, event, state, detail, mismatch, at)
		SELECT e.id, CAST(? AS text), e.state, e.reason, false, e.created_at FROM `, firstEvent(e.State)) +
		w.source(devices().ints("update_id", n, func(int) int64 { return int64(e.UpdateID) })) +
		` CROSS JOIN execution e WHERE e.update_id = x.update_id AND e.device_id = x.id`
	if _, err := t.q.ExecContext(ctx, query, w.args...); err != nil {
		return err
	}
	w = &where{d: t.d}
	query = w.text(`INSERT INTO update_unit (update_id, unit_id) SELECT DISTINCT CAST(? AS bigint), device.unit_id FROM `, e.UpdateID) +
		w.source(devices()) + ` CROSS JOIN device WHERE device.id = x.id ON CONFLICT (update_id, unit_id) DO NOTHING`
	_, err := t.q.ExecContext(ctx, query, w.args...)
	return err
}

// finishedAt is when an execution that is made now was finished: at once
// where its state is final.
func finishedAt(e fleet.Execution) time.Time {
	if !e.State.Final() {
		return time.Time{}
	}
	if e.FinishedAt.IsZero() {
		return e.CreatedAt
	}
	return e.FinishedAt
}

// firstEvent is the event that an execution's story begins with.
func firstEvent(s fleet.State) fleet.Event {
	if s == fleet.Refused {
		return fleet.Refuse
	}
	return fleet.Create
}

// tallies counts new executions, in the order in which counts are written.
func tallies(list []fleet.Execution) []tally {
	sums := map[tally]int64{}
	for _, e := range list {
		sums[tally{update: e.UpdateID, state: e.State, sent: !e.SentAt.IsZero(), at: micros(e.CreatedAt)}]++
	}
	all := slices.Collect(maps.Keys(sums))
	slices.SortFunc(all, func(a, b tally) int {
		return cmp.Or(cmp.Compare(a.update, b.update), cmp.Compare(a.state, b.state))
	})
	for i, c := range all {
		all[i].n = sums[c]
	}
	return all
}
