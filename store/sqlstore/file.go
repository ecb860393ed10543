package sqlstore

import (
	"context"
	"fmt"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const selectFile = `SELECT id, unit_id, device_id, name, size, sha256, crc32, created_by, created_at FROM file `

func scanFile(r row) (f fleet.File, err error) {
	var device *fleet.DeviceID
	err = r.Scan(&f.ID, &f.UnitID, &device, &f.Name, &f.Size, &f.SHA256, &f.CRC32, &f.CreatedBy, moment(&f.CreatedAt))
	if device != nil {
		f.DeviceID = *device
	}
	return f, err
}

// owned is the condition for files of a device, or of the organisation where
// it is 0: the index serves either, but not one text for both. The parameter
// for the device is always the first.
func owned(device fleet.DeviceID) string {
	if device == 0 {
		return `WHERE CAST($1 AS bigint) = 0 AND device_id IS NULL `
	}
	return `WHERE device_id = $1 `
}

// File reads one file.
func (r reader) File(ctx context.Context, id fleet.FileID) (fleet.File, error) {
	f, ok, err := one(ctx, r, scanFile, selectFile+`WHERE id = $1`, id)
	if err == nil && !ok {
		err = notFound("file %d", id)
	}
	return f, r.d.wrap(err, "read file %d", id)
}

// FileByName reads the newest file of a name.
func (r reader) FileByName(ctx context.Context, n control.FileName) (fleet.File, error) {
	w := &where{d: r.d}
	w.ofDevice(n.DeviceID)
	w.and("name = ?", storable(n.Name))
	if n.UsedIn != 0 {
		w.and(`unit_id IN (SELECT above.id FROM unit JOIN unit above ON unit.path LIKE above.path || '%' WHERE unit.id = ?)`, n.UsedIn)
	}
	p := control.Page{Limit: 1, Within: n.Within}
	w.within("unit_id", p)
	f, ok, err := one(ctx, r, scanFile, selectFile+w.page("id", p, true), w.args...)
	if err == nil && !ok {
		err = notFound("file %q", n.Name)
	}
	return f, r.d.wrap(err, "read file %q", n.Name)
}

// ofDevice adds that a file is the device's, or the organisation's where it
// is 0.
func (w *where) ofDevice(device fleet.DeviceID) {
	if device == 0 {
		w.and("device_id IS NULL")
	} else {
		w.and("device_id = ?", device)
	}
}

// Files lists the newest first.
func (r reader) Files(ctx context.Context, device fleet.DeviceID, p control.Page) ([]fleet.File, error) {
	w := &where{d: r.d}
	w.ofDevice(device)
	w.within("unit_id", p)
	query := selectFile + w.page("id", p, true)
	all, err := list(ctx, r, scanFile, query, w.args...)
	return all, r.d.wrap(err, "list files")
}

// files reads the files of the given ids, in no order.
func (r reader) files(ctx context.Context, of []fleet.FileID) ([]fleet.File, error) {
	from, args := r.d.source(ids(of))
	return list(ctx, r, scanFile, selectFile+`WHERE id IN (SELECT x.id FROM `+from+`)`, args...)
}

// InsertFile keeps what was uploaded.
func (t tx) InsertFile(ctx context.Context, f fleet.File) (fleet.FileID, error) {
	return insert[fleet.FileID](ctx, t, fmt.Sprintf("file %q", f.Name), `INSERT INTO file
		(unit_id, device_id, name, size, sha256, crc32, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		f.UnitID, reference(f.DeviceID), f.Name, f.Size, f.SHA256, int64(f.CRC32), f.CreatedBy, micros(f.CreatedAt))
}

// DeleteFiles deletes all that would be found by the name of f, but for files
// of other units.
func (t tx) DeleteFiles(ctx context.Context, f fleet.File) error {
	same := owned(f.DeviceID) + `AND name = $2 AND (device_id IS NOT NULL OR unit_id = $3)`
	args := []any{f.DeviceID, storable(f.Name), f.UnitID}
	kept, ok, err := one(ctx, t.reader, func(r row) (label string, err error) { return label, r.Scan(&label) },
		`SELECT name || ' ' || version FROM release WHERE file_id IN (SELECT id FROM file `+same+`) ORDER BY id LIMIT 1`, args...)
	if err == nil && ok {
		return fleet.Errorf(fleet.Conflict, "cannot delete %s: release %s is made of it", f.Name, kept)
	}
	if err == nil {
		_, err = t.q.ExecContext(ctx, `DELETE FROM file `+same, args...)
	}
	return t.d.wrap(err, "delete file %q", f.Name)
}
