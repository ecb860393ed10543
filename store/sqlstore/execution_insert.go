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
	n := len(list)
	rows := new(rowset).
		ints("update_id", n, func(i int) int64 { return int64(list[i].UpdateID) }).
		ints("device_id", n, func(i int) int64 { return int64(list[i].DeviceID) }).
		text("state", n, func(i int) string { return string(list[i].State) }).
		text("reason", n, func(i int) string { return list[i].Reason }).
		ints("attempt", n, func(i int) int64 { return int64(max(list[i].Attempt, 1)) }).
		ints("created_at", n, func(i int) int64 { return micros(list[i].CreatedAt) }).
		ints("sent_at", n, func(i int) int64 { return micros(list[i].SentAt) }).
		ints("finished_at", n, func(i int) int64 { return micros(finishedAt(list[i])) })
	err := t.execRows(ctx, rows, `INSERT INTO execution (update_id, device_id, state, reason, attempt,
		created_at, changed_at, event_at, sent_at, finished_at, expires_at)
		SELECT x.update_id, x.device_id, x.state, x.reason, x.attempt, x.created_at, x.created_at, x.created_at,
		nullif(x.sent_at, 0), nullif(x.finished_at, 0),
		(SELECT u.expires_at FROM "update" u WHERE u.id = x.update_id) FROM {rows}`)
	if err != nil {
		return err
	}
	rows = new(rowset).
		ints("update_id", n, func(i int) int64 { return int64(list[i].UpdateID) }).
		ints("device_id", n, func(i int) int64 { return int64(list[i].DeviceID) }).
		text("event", n, func(i int) string { return string(firstEvent(list[i].State)) })
	err = t.execRows(ctx, rows, `INSERT INTO execution_event (execution_id, event, state, detail, mismatch, at)
		SELECT e.id, x.event, e.state, e.reason, false, e.created_at FROM {rows}
		JOIN execution e ON e.update_id = x.update_id AND e.device_id = x.device_id`)
	if err != nil {
		return err
	}
	return t.addTallies(ctx, tallies(list))
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
		sums[tally{update: e.UpdateID, state: e.State, sent: !e.SentAt.IsZero()}]++
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
