package sqlstore

import (
	"context"
	"slices"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// Values reads the current values of a device, by key.
func (r reader) Values(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind) ([]fleet.Value, error) {
	all, err := list(ctx, r, scanValue, selectValue+`WHERE device_id = $1 AND kind = $2 ORDER BY key`, id, kind)
	return all, r.d.wrap(err, "read the values of device %d", id)
}

const selectValue = `SELECT kind, key, number, text, at, since FROM device_value `

func scanValue(r row) (v fleet.Value, err error) {
	return v, r.Scan(&v.Kind, &v.Key, &v.Number, &v.Text, moment(&v.At), moment(&v.Since))
}

// ValuesAfter reads a page of the current values, by key.
func (r reader) ValuesAfter(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind, after string, limit int) ([]fleet.Value, error) {
	all, err := list(ctx, r, scanValue, selectValue+`WHERE device_id = $1 AND kind = $2 AND key > $3 ORDER BY key LIMIT $4`,
		id, kind, storable(after), limit)
	return all, r.d.wrap(err, "read the values of device %d", id)
}

// Value reads the current value of one key.
func (r reader) Value(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind, key string) (fleet.Value, error) {
	v, ok, err := one(ctx, r, scanValue, selectValue+`WHERE device_id = $1 AND kind = $2 AND key = $3`, id, kind, storable(key))
	if err == nil && !ok {
		err = notFound("%s %q of device %d", kind, key, id)
	}
	return v, r.d.wrap(err, "read the %s %q of device %d", kind, key, id)
}

// History reads what was published from one moment to another, both included.
func (r reader) History(
	ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind, key string, from, to time.Time, limit int,
) ([]fleet.Value, error) {
	all, err := list(ctx, r, func(r row) (v fleet.Value, err error) {
		return v, r.Scan(&v.Kind, &v.Key, &v.Number, &v.Text, moment(&v.At))
	}, `SELECT kind, key, number, text, at FROM value_history
		WHERE device_id = $1 AND kind = $2 AND key = $3 AND at >= $4 AND at <= $5 ORDER BY at DESC LIMIT $6`,
		id, kind, storable(key), micros(from), micros(to), limit)
	slices.Reverse(all)
	return all, r.d.wrap(err, "read the history of %q of device %d", key, id)
}

// current reads the current values that the groups are about.
func (t tx) current(ctx context.Context, groups []*arrivals) (map[series]fleet.Value, error) {
	type currentValue struct {
		series
		fleet.Value
	}
	n := len(groups)
	from, args := t.d.source(new(rowset).
		ints("device_id", n, func(i int) int64 { return int64(groups[i].device) }).
		text("kind", n, func(i int) string { return string(groups[i].kind) }).
		text("key", n, func(i int) string { return groups[i].key }))
	all, err := list(ctx, t.reader, func(r row) (v currentValue, err error) {
		return v, r.Scan(&v.device, &v.kind, &v.key, &v.Number, &v.Text, moment(&v.At), moment(&v.Since))
	}, `SELECT v.device_id, v.kind, v.key, v.number, v.text, v.at, v.since FROM `+from+`
		JOIN device_value v ON v.device_id = x.device_id AND v.kind = x.kind AND v.key = x.key`, args...)
	now := make(map[series]fleet.Value, len(all))
	for _, v := range all {
		now[v.series] = v.Value
	}
	return now, err
}

// keys counts the keys on each of the shelves.
func (t tx) keys(ctx context.Context, of []shelf) (map[shelf]int, error) {
	type counted struct {
		shelf
		n int
	}
	from, args := t.d.source(new(rowset).
		ints("device_id", len(of), func(i int) int64 { return int64(of[i].device) }).
		text("kind", len(of), func(i int) string { return string(of[i].kind) }))
	all, err := list(ctx, t.reader, func(r row) (c counted, err error) { return c, r.Scan(&c.device, &c.kind, &c.n) },
		`SELECT v.device_id, v.kind, count(*) FROM `+from+`
		JOIN device_value v ON v.device_id = x.device_id AND v.kind = x.kind GROUP BY v.device_id, v.kind`, args...)
	held := make(map[shelf]int, len(all))
	for _, c := range all {
		held[c.shelf] = c.n
	}
	return held, err
}

// setCurrent writes the newest value of each group; a newer one that another
// transaction wrote meanwhile stays.
func (t tx) setCurrent(ctx context.Context, groups []*arrivals) error {
	n := len(groups)
	newest := func(i int) fleet.Value { return groups[i].newest }
	rows := new(rowset).
		ints("device_id", n, func(i int) int64 { return int64(groups[i].device) }).
		text("kind", n, func(i int) string { return string(groups[i].kind) }).
		text("key", n, func(i int) string { return groups[i].key }).
		real("number", n, func(i int) float64 { return newest(i).Number }).
		text("text", n, func(i int) string { return newest(i).Text }).
		ints("at", n, func(i int) int64 { return micros(newest(i).At) }).
		ints("since", n, func(i int) int64 { return micros(newest(i).Since) })
	err := t.execRows(ctx, rows, `INSERT INTO device_value (device_id, kind, key, number, text, at, since)
		SELECT x.device_id, x.kind, x.key, x.number, x.text, x.at, x.since FROM {rows} WHERE true
		ON CONFLICT (device_id, kind, key) DO UPDATE SET number = excluded.number, text = excluded.text,
		at = excluded.at, since = excluded.since WHERE excluded.at >= device_value.at`)
	return err
}

// past is a value as the history keeps it.
type past struct {
	series
	value   fleet.Value
	arrived time.Time
}

// appendHistory appends what was published. The same moment of a series twice
// is a repeated message, and the later word counts.
func (t tx) appendHistory(ctx context.Context, all []past) error {
	n := len(all)
	rows := new(rowset).
		ints("device_id", n, func(i int) int64 { return int64(all[i].device) }).
		text("kind", n, func(i int) string { return string(all[i].kind) }).
		text("key", n, func(i int) string { return all[i].key }).
		real("number", n, func(i int) float64 { return all[i].value.Number }).
		text("text", n, func(i int) string { return all[i].value.Text }).
		ints("at", n, func(i int) int64 { return micros(all[i].value.At) }).
		ints("arrived_at", n, func(i int) int64 { return micros(all[i].arrived) })
	err := t.execRows(ctx, rows, `INSERT INTO value_history (device_id, kind, key, number, text, at, arrived_at)
		SELECT x.device_id, x.kind, x.key, x.number, x.text, x.at, x.arrived_at FROM {rows} WHERE true
		ON CONFLICT (device_id, kind, key, at) DO UPDATE SET number = excluded.number, text = excluded.text`)
	return err
}
