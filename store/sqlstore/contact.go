package sqlstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Contact records a batch in one transaction. However large the batch is, it
// takes the same few statements: last seen, the values as they were, the
// values as they are, their history, changed facts, lines of the log, and what is pending.
func (s *Store) Contact(ctx context.Context, batch []control.Contact) ([]control.ContactAnswer, error) {
	if len(batch) == 0 {
		return nil, nil
	}
	var answers []control.ContactAnswer
	err := s.writer.write(ctx, func(ctx context.Context, t tx) (err error) {
		answers, err = t.contact(ctx, batch)
		return err
	})
	if err != nil {
		return nil, s.d.wrap(err, "take contacts")
	}
	return answers, nil
}

func (t tx) contact(ctx context.Context, batch []control.Contact) ([]control.ContactAnswer, error) {
	if err := t.see(ctx, latest(batch)); err != nil {
		return nil, err
	}
	var refused map[series]bool
	if groups := arrivalsOf(batch); len(groups) > 0 {
		var err error
		if refused, err = t.publish(ctx, groups); err != nil {
			return nil, err
		}
	}
	var lines []fleet.LogEntry
	for _, c := range batch {
		lines = append(lines, c.Lines...)
	}
	if err := t.InsertLog(ctx, batch[0].At, lines); err != nil {
		return nil, err
	}
	answers, err := t.pending(ctx, batch)
	if err == nil && len(refused) > 0 {
		tellRefused(answers, batch, refused)
	}
	return answers, err
}

// tellRefused names one refused key in the answer of each contact that brought any.
func tellRefused(answers []control.ContactAnswer, batch []control.Contact, refused map[series]bool) {
	for i, c := range batch {
		at := slices.IndexFunc(c.Values, func(v fleet.Value) bool { return refused[series{c.DeviceID, v.Kind, storable(v.Key)}] })
		if at >= 0 {
			answers[i].Refused = &fleet.Value{Kind: c.Values[at].Kind, Key: c.Values[at].Key}
		}
	}
}

// latest is the newest contact of each device, by device.
func latest(batch []control.Contact) []control.Contact {
	newest := slices.Clone(batch)
	slices.SortStableFunc(newest, func(a, b control.Contact) int {
		return cmp.Or(cmp.Compare(a.DeviceID, b.DeviceID), b.At.Compare(a.At))
	})
	return slices.CompactFunc(newest, func(a, b control.Contact) bool { return a.DeviceID == b.DeviceID })
}

// see moves last seen forward, never back. The link is written apart, where
// it is another one: it stands in an index, which a contact leaves alone.
func (t tx) see(ctx context.Context, list []control.Contact) error {
	n := len(list)
	rows := new(rowset).
		ints("device_id", n, func(i int) int64 { return int64(list[i].DeviceID) }).
		ints("at", n, func(i int) int64 { return micros(list[i].At) }).
		text("link", n, func(i int) string { return string(list[i].Link) })
	err := t.execRows(ctx, rows, `INSERT INTO device_seen (device_id, at, link)
		SELECT x.device_id, x.at, x.link FROM {rows} WHERE true
		ON CONFLICT (device_id) DO UPDATE SET at = excluded.at WHERE excluded.at > device_seen.at`)
	if err != nil {
		return err
	}
	from, args := t.d.source(rows)
	_, err = t.q.ExecContext(ctx, `UPDATE device_seen SET link = x.link FROM `+from+`
		WHERE device_seen.device_id = x.device_id AND device_seen.at = x.at AND device_seen.link <> x.link`, args...)
	return err
}

// publish keeps the values of the groups, but for those of a device that has
// too many keys, which it returns.
func (t tx) publish(ctx context.Context, groups []*arrivals) (refused map[series]bool, err error) {
	current, err := t.current(ctx, groups)
	if err != nil {
		return nil, err
	}
	if refused, err = t.tooMany(ctx, groups, current); err != nil {
		return nil, err
	}
	history := make([]past, 0, len(groups))
	newer := make([]*arrivals, 0, len(groups))
	for _, g := range groups {
		if refused[g.series] {
			continue
		}
		now, known := current[g.series]
		for _, v := range g.against(now, known) {
			history = append(history, past{g.series, v, g.arrived})
		}
		if g.isNew {
			newer = append(newer, g)
		}
	}
	if len(newer) > 0 {
		if err := t.setCurrent(ctx, newer); err != nil {
			return nil, err
		}
	}
	if len(history) > 0 {
		if err := t.appendHistory(ctx, history); err != nil {
			return nil, err
		}
	}
	return refused, t.updateFacts(ctx, newer)
}

// pending looks up for which devices an execution waits; only telemetry asks.
func (t tx) pending(ctx context.Context, batch []control.Contact) ([]control.ContactAnswer, error) {
	answers := make([]control.ContactAnswer, len(batch))
	var asking []fleet.DeviceID
	for _, c := range batch {
		if c.Telemetry {
			asking = append(asking, c.DeviceID)
		}
	}
	if len(asking) == 0 {
		return answers, nil
	}
	from, args := t.d.source(ids(asking))
	found, err := list(ctx, t.reader, scalar[fleet.DeviceID], `SELECT DISTINCT device_id FROM execution
		WHERE state IN (`+unsent+`) AND state = 'pending' AND device_id IN (SELECT x.id FROM `+from+`)`, args...)
	waits := make(map[fleet.DeviceID]bool, len(found))
	for _, id := range found {
		waits[id] = true
	}
	for i, c := range batch {
		answers[i].Pending = c.Telemetry && waits[c.DeviceID]
	}
	return answers, err
}

// Publish keeps one value; fleet.Conflict where the device has too many keys.
func (t tx) Publish(ctx context.Context, id fleet.DeviceID, arrived time.Time, v fleet.Value) error {
	groups := arrivalsOf([]control.Contact{{DeviceID: id, At: arrived, Values: []fleet.Value{v}}})
	refused, err := t.publish(ctx, groups)
	if err == nil && len(refused) > 0 {
		return v.TooMany()
	}
	return t.d.wrap(err, "keep a value of device %d", id)
}
