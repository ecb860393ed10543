package sqlstore

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Log lists a device's log, newest first.
func (r reader) Log(ctx context.Context, id fleet.DeviceID, p control.Page) ([]fleet.LogEntry, error) {
	all, err := list(ctx, r, func(r row) (l fleet.LogEntry, err error) {
		return l, r.Scan(&l.ID, &l.DeviceID, moment(&l.At), &l.Level, &l.Text)
	}, `SELECT id, device_id, at, level, text FROM device_log WHERE device_id = $1 AND id < $2
		ORDER BY id DESC LIMIT $3`, id, after(p), p.Limit)
	return all, r.d.wrap(err, "read the log of device %d", id)
}

// InsertLog appends lines in one statement.
func (t tx) InsertLog(ctx context.Context, arrived time.Time, lines []fleet.LogEntry) error {
	if len(lines) == 0 {
		return nil
	}
	n := len(lines)
	rows := new(rowset).
		ints("device_id", n, func(i int) int64 { return int64(lines[i].DeviceID) }).
		ints("at", n, func(i int) int64 { return micros(lines[i].At) }).
		ints("level", n, func(i int) int64 { return int64(lines[i].Level) }).
		text("text", n, func(i int) string { return lines[i].Text }).
		ints("arrived_at", n, func(int) int64 { return micros(arrived) })
	err := t.execRows(ctx, rows, `INSERT INTO device_log (device_id, at, level, text, arrived_at)
		SELECT x.device_id, x.at, x.level, x.text, x.arrived_at FROM {rows}`)
	return t.d.wrap(err, "keep log lines")
}
