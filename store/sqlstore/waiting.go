package sqlstore

import (
	"context"
	"strconv"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// PendingSince tells which of the devices have an execution of an update of
// the type that is still to be sent, and since when.
func (r reader) PendingSince(
	ctx context.Context, ut fleet.UpdateType, devices []fleet.DeviceID,
) (map[fleet.DeviceID]time.Time, error) {
	type wait struct {
		device fleet.DeviceID
		since  time.Time
	}
	from, args := r.d.source(ids(devices))
	args = append(args, ut)
	all, err := list(ctx, r, func(r row) (w wait, err error) { return w, r.Scan(&w.device, moment(&w.since)) },
		`SELECT execution.device_id, min(execution.changed_at) FROM `+from+`
		CROSS JOIN execution CROSS JOIN "update" WHERE execution.device_id = x.id AND execution.state IN (`+unsent+`)
		AND "update".id = execution.update_id AND "update".type = $`+strconv.Itoa(len(args))+`
		GROUP BY execution.device_id`, args...)
	since := make(map[fleet.DeviceID]time.Time, len(all))
	for _, w := range all {
		since[w.device] = w.since
	}
	return since, r.d.wrap(err, "look for pending updates")
}

// Waiting counts what is still to be sent to the device, and of the updates
// of the group; 0 asks for neither.
func (r reader) Waiting(ctx context.Context, device fleet.DeviceID, group fleet.GroupID) (int, error) {
	n, _, err := one(ctx, r, scalar[int], `SELECT CAST(
		(SELECT count(*) FROM execution WHERE device_id = $1 AND state IN (`+unsent+`)) +
		(SELECT coalesce(sum(c.n), 0) FROM "update" u JOIN update_count c ON c.update_id = u.id
			WHERE u.group_id = $2 AND c.state IN (`+unsent+`)) AS bigint)`, device, group)
	return n, r.d.wrap(err, "count what waits")
}
