package sqlstore

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// countSlots is over how many rows the number of an update's executions in
// one state is spread, so that writers of one update seldom meet.
const countSlots = 8

// tally is a change of how many executions an update has in a state.
type tally struct {
	update fleet.UpdateID
	state  fleet.State
	sent   bool // they were handed to their devices
	slot   int64
	n      int64
	at     int64 // when the sending got another status by it, in microseconds; 0: it did not
}

// addTallies adds to the counts. Rows are written in one order by everybody,
// the order of list, so that transactions wait for each other but do not
// block each other.
func (t tx) addTallies(ctx context.Context, list []tally) error {
	n := len(list)
	rows := new(rowset).
		ints("update_id", n, func(i int) int64 { return int64(list[i].update) }).
		text("state", n, func(i int) string { return string(list[i].state) }).
		bool("sent", n, func(i int) bool { return list[i].sent }).
		ints("slot", n, func(i int) int64 { return list[i].slot }).
		ints("n", n, func(i int) int64 { return list[i].n }).
		ints("at", n, func(i int) int64 { return list[i].at })
	err := t.execRows(ctx, rows, `INSERT INTO update_count (update_id, state, sent, slot, n, at)
		SELECT x.update_id, x.state, x.sent, x.slot, x.n, x.at FROM {rows} WHERE true
		ON CONFLICT (update_id, state, sent, slot) DO UPDATE SET n = update_count.n + excluded.n,
		at = CASE WHEN excluded.at > update_count.at THEN excluded.at ELSE update_count.at END`)
	return err
}

// count fills the counts of all updates, and when their status came about, with
// one query.
func (r reader) count(ctx context.Context, all []fleet.Update) error {
	at := make(map[fleet.UpdateID]*fleet.Update, len(all))
	of := make([]fleet.UpdateID, len(all))
	for i := range all {
		all[i].Counts = fleet.Counts{ByState: map[fleet.State]int{}, Unsent: map[fleet.State]int{}}
		at[all[i].ID], of[i] = &all[i], all[i].ID
	}
	from, args := r.d.source(ids(of))
	tallies, err := list(ctx, r, func(r row) (c tally, err error) {
		return c, r.Scan(&c.update, &c.state, &c.sent, &c.n, &c.at)
	}, `SELECT update_id, state, sent, CAST(sum(n) AS bigint), max(at) FROM update_count
		WHERE update_id IN (SELECT x.id FROM `+from+`) GROUP BY update_id, state, sent`, args...)
	for _, c := range tallies {
		u := at[c.update]
		if status := fromMicros(c.at); c.at > 0 && status.After(u.StatusAt) {
			u.StatusAt = status
		}
		if c.n == 0 {
			continue
		}
		counts := u.Counts
		counts.ByState[c.state] += int(c.n)
		if !c.sent {
			counts.Unsent[c.state] += int(c.n)
		}
	}
	return err
}
