package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const (
	deviceColumns = `SELECT device.id, device.key, device.name, device.kind, device.unit_id, device.state,
		device.model, device.os, device.architecture, device.version, device.jetporch, device.jetporch_check, device.poll_every,
		device.created_at, device_seen.at, coalesce(device_seen.link, ''), coalesce(device.parent_id, 0) FROM `
	selectDevice = deviceColumns + `device LEFT JOIN device_seen ON device_seen.device_id = device.id `
	// selectMember goes down the members of a group; SQLite reads a CROSS JOIN
	// from left to right.
	selectMember = deviceColumns + `group_member CROSS JOIN device LEFT JOIN device_seen ON device_seen.device_id = device.id `
)

func scanDevice(r row) (d fleet.Device, err error) {
	var poll int64
	err = r.Scan(&d.ID, &d.Key, &d.Name, &d.Kind, &d.UnitID, &d.State,
		&d.Model, &d.OS, &d.Architecture, &d.Version, &d.JetPorch, &d.JetPorchCheck, &poll, moment(&d.CreatedAt), moment(&d.LastSeenAt), &d.Link,
		&d.ParentID)
	d.PollEvery = time.Duration(poll) * time.Microsecond
	return d, err
}

// searchable is what a device is found by.
func searchable(d fleet.Device) string {
	return strings.ToLower(d.Key + "\n" + d.Name + "\n" + d.Model)
}

// Device reads one device.
func (r reader) Device(ctx context.Context, id fleet.DeviceID) (fleet.Device, error) {
	d, ok, err := one(ctx, r, scanDevice, selectDevice+`WHERE device.id = $1`, id)
	if err == nil && !ok {
		err = notFound("device %d", id)
	}
	return d, r.d.wrap(err, "read device %d", id)
}

// DeviceByKey reads the device of a key.
func (r reader) DeviceByKey(ctx context.Context, key string) (fleet.Device, error) {
	d, ok, err := one(ctx, r, scanDevice, selectDevice+`WHERE device.key = $1`, storable(key))
	if err == nil && (!ok || d.Key != key) {
		d, err = fleet.Device{}, notFound("device %q", key)
	}
	return d, r.d.wrap(err, "read device %q", key)
}

// Devices lists devices by id.
func (r reader) Devices(ctx context.Context, f control.DeviceFilter, p control.Page) ([]fleet.Device, error) {
	w := &where{d: r.d}
	err := r.inUnits(ctx, w, p.Within)
	if err == nil && f.UnitID != 0 && !f.UnitOnly {
		err = r.inUnits(ctx, w, []fleet.UnitID{f.UnitID})
	}
	if err != nil {
		return nil, r.d.wrap(err, "list devices")
	}
	w.equal("device.unit_id", f.UnitID, f.UnitOnly)
	w.equal("device.state", f.State, f.State != "")
	w.equal("device.kind", f.Kind, f.Kind != "")
	w.equal("device.version", storable(f.Version), f.Version != "")
	w.equal("device.parent_id", f.ParentID, f.ParentID != 0)
	w.equal("device_seen.link", f.Link, f.Link != "")
	w.contains("device.search", f.Text)
	for _, tag := range f.Tags.List() {
		w.tagged(tag)
	}
	from, id := selectDevice, "device.id"
	if f.GroupID != 0 {
		from, id = selectMember, "group_member.device_id"
		w.and("group_member.group_id = ? AND device.id = group_member.device_id", f.GroupID)
	}
	query := from + w.page(id, p, false)
	all, err := list(ctx, r, scanDevice, query, w.args...)
	return all, r.d.wrap(err, "list devices")
}

// inUnits narrows a list of devices to those of the units and below them.
func (r reader) inUnits(ctx context.Context, w *where, of []fleet.UnitID) error {
	return hanging(ctx, r, w, "device.id", "device", "(device.unit_id IN ({units})) IS TRUE", of)
}

// DeviceCounts says how many devices are in each state.
func (r reader) DeviceCounts(ctx context.Context, within []fleet.UnitID) (map[fleet.DeviceState]int, error) {
	type count struct {
		state fleet.DeviceState
		n     int
	}
	w := &where{d: r.d}
	w.within("unit_id", control.Page{Within: within})
	all, err := list(ctx, r, func(r row) (c count, err error) { return c, r.Scan(&c.state, &c.n) },
		`SELECT state, count(*) FROM device `+w.String()+` GROUP BY state`, w.args...)
	counts := map[fleet.DeviceState]int{}
	for _, c := range all {
		counts[c.state] = c.n
	}
	return counts, r.d.wrap(err, "count devices")
}

// DevicesByKeys reads those devices that exist, by id.
func (r reader) DevicesByKeys(ctx context.Context, keys []string) ([]fleet.Device, error) {
	from, args := r.d.source(new(rowset).text("key", len(keys), func(i int) string { return keys[i] }))
	all, err := list(ctx, r, scanDevice, selectDevice+`WHERE device.key IN (SELECT x.key FROM `+from+`)
		ORDER BY device.id`, args...)
	return all, r.d.wrap(err, "read devices by key")
}

// devices reads the devices of the given ids, in no order.
func (r reader) devices(ctx context.Context, of []fleet.DeviceID) ([]fleet.Device, error) {
	from, args := r.d.source(ids(of))
	return list(ctx, r, scanDevice, selectDevice+`WHERE device.id IN (SELECT x.id FROM `+from+`)`, args...)
}

// DevicesByIDs reads those devices that exist, by id.
func (r reader) DevicesByIDs(ctx context.Context, of []fleet.DeviceID) ([]fleet.Device, error) {
	all, err := r.devices(ctx, of)
	slices.SortFunc(all, func(a, b fleet.Device) int { return cmp.Compare(a.ID, b.ID) })
	return all, r.d.wrap(err, "read devices by id")
}

// InsertDevice makes a device.
func (t tx) InsertDevice(ctx context.Context, d fleet.Device) (fleet.DeviceID, error) {
	return insert[fleet.DeviceID](ctx, t, fmt.Sprintf("device %q", d.Key), `INSERT INTO device
		(key, name, kind, unit_id, state, model, os, architecture, version, jetporch, jetporch_check, poll_every, created_at, search, parent_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (key) DO NOTHING RETURNING id`,
		d.Key, storable(d.Name), d.Kind, d.UnitID, d.State, storable(d.Model), storable(d.OS), storable(d.Architecture),
		storable(d.Version), d.JetPorch, d.JetPorchCheck, d.PollEvery.Microseconds(), micros(d.CreatedAt), storable(searchable(d)), reference(d.ParentID))
}

// SetDeviceState is a compare-and-set.
func (t tx) SetDeviceState(ctx context.Context, id fleet.DeviceID, from, to fleet.DeviceState) error {
	res, err := t.q.ExecContext(ctx, `UPDATE device SET state = $1 WHERE id = $2 AND state = $3`, to, id, from)
	if err == nil {
		err = mustHit(res, "device")
	}
	if fleet.CodeOf(err) == fleet.NotFound {
		d, err := t.Device(ctx, id)
		if err != nil {
			return err
		}
		return fleet.Errorf(fleet.Conflict, "device %s is %s, not %s", d.Key, d.State, from)
	}
	return t.d.wrap(err, "set the state of device %d", id)
}

// SetDeviceFacts writes what a device says of itself.
func (t tx) SetDeviceFacts(ctx context.Context, d fleet.Device) error {
	before, err := t.Device(ctx, d.ID)
	if err != nil {
		return err
	}
	d.Key = before.Key
	return t.d.wrap(t.setFacts(ctx, []fleet.Device{d}), "set the facts of device %d", d.ID)
}

// setFacts writes the facts of devices in one statement.
func (t tx) setFacts(ctx context.Context, list []fleet.Device) error {
	n := len(list)
	rows := new(rowset).
		ints("id", n, func(i int) int64 { return int64(list[i].ID) }).
		text("name", n, func(i int) string { return list[i].Name }).
		text("kind", n, func(i int) string { return string(list[i].Kind) }).
		text("model", n, func(i int) string { return list[i].Model }).
		text("os", n, func(i int) string { return list[i].OS }).
		text("architecture", n, func(i int) string { return list[i].Architecture }).
		text("version", n, func(i int) string { return list[i].Version }).
		bool("jetporch", n, func(i int) bool { return list[i].JetPorch }).
		bool("jetporch_check", n, func(i int) bool { return list[i].JetPorchCheck }).
		ints("poll_every", n, func(i int) int64 { return list[i].PollEvery.Microseconds() }).
		text("search", n, func(i int) string { return searchable(list[i]) })
	err := t.execRows(ctx, rows, `UPDATE device SET name = x.name, kind = x.kind, model = x.model, os = x.os,
		architecture = x.architecture, version = x.version, jetporch = x.jetporch, jetporch_check = x.jetporch_check,
		poll_every = x.poll_every, search = x.search
		FROM {rows} WHERE device.id = x.id`)
	return err
}
