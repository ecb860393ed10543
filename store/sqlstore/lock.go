package sqlstore

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// LockDevices holds the devices until the transaction ends, in one order for
// all, so that no two wait for each other. Contacts go on meanwhile. SQLite
// has one writer at a time and nothing to hold.
func (t tx) LockDevices(ctx context.Context, of []fleet.DeviceID) error {
	if t.d.forUpdate == "" || len(of) == 0 {
		return nil
	}
	from, args := t.d.source(ids(of))
	_, err := t.q.ExecContext(ctx, `SELECT device.id FROM device WHERE device.id IN (SELECT x.id FROM `+from+`)
		ORDER BY device.id FOR NO KEY UPDATE`, args...)
	return t.d.wrap(err, "hold devices")
}
