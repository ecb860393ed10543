package sqlstore

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// SetParent is a compare-and-set.
func (t tx) SetParent(ctx context.Context, id, from, to fleet.DeviceID) error {
	res, err := t.q.ExecContext(ctx, `UPDATE device SET parent_id = $1 WHERE id = $2 AND coalesce(parent_id, 0) = $3`,
		reference(to), id, from)
	if err == nil {
		err = mustHit(res, "device")
	}
	if fleet.CodeOf(err) == fleet.NotFound {
		d, err := t.Device(ctx, id)
		if err != nil {
			return err
		}
		return fleet.Errorf(fleet.Conflict, "device %s was bound or unbound at the same moment", d.Key)
	}
	return t.d.wrap(err, "bind device %d", id)
}
