package sqlstore

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// lockDevices keeps other transactions from writing the devices, and tells
// which of them have a name that a person gave.
func (t tx) lockDevices(ctx context.Context, of []fleet.DeviceID) (named map[fleet.DeviceID]bool, err error) {
	type device struct {
		id     fleet.DeviceID
		placed bool
	}
	from, args := t.d.source(ids(of))
	all, err := list(ctx, t.reader, func(r row) (d device, err error) { return d, r.Scan(&d.id, &d.placed) },
		`SELECT id, placed FROM device WHERE id IN (SELECT x.id FROM `+from+`) ORDER BY id`+t.d.forUpdate, args...)
	named = make(map[fleet.DeviceID]bool, len(all))
	for _, d := range all {
		named[d.id] = d.placed
	}
	return named, err
}

// PlaceDevice puts a device into a unit, under a name if one is given, and
// takes it out of the groups of units that do not cover the new one.
func (t tx) PlaceDevice(ctx context.Context, id fleet.DeviceID, unit fleet.UnitID, name string) error {
	return t.d.wrap(t.placeDevice(ctx, id, unit, name), "place device %d", id)
}

func (t tx) placeDevice(ctx context.Context, id fleet.DeviceID, unit fleet.UnitID, name string) error {
	if _, err := t.lockDevices(ctx, []fleet.DeviceID{id}); err != nil {
		return err
	}
	d, err := t.Device(ctx, id)
	if err != nil {
		return err
	}
	if name != "" {
		d.Name = storable(name)
		_, err := t.q.ExecContext(ctx, `UPDATE device SET name = $1, search = $2, placed = true WHERE id = $3`,
			d.Name, storable(searchable(d)), id)
		if err != nil {
			return err
		}
	}
	if unit == d.UnitID {
		return nil
	}
	if _, err := t.q.ExecContext(ctx, `UPDATE device SET unit_id = $1 WHERE id = $2`, unit, id); err != nil {
		return err
	}
	_, err = t.q.ExecContext(ctx, `DELETE FROM group_member WHERE device_id = $1 AND group_id NOT IN (
		SELECT g.id FROM "group" g JOIN unit covers ON covers.id = g.unit_id
		JOIN unit placed ON placed.path LIKE covers.path || '%' WHERE placed.id = $2)`, id, unit)
	return err
}
