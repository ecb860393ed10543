package sqlstore

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const selectMagicLink = `SELECT id, unit_id, release_id, note, devices, created_by, created_at, revoked_at FROM magic_link `

func scanMagicLink(r row) (m fleet.MagicLink, err error) {
	return m, r.Scan(&m.ID, &m.UnitID, &m.ReleaseID, &m.Note, &m.Devices, &m.CreatedBy,
		moment(&m.CreatedAt), moment(&m.RevokedAt))
}

// MagicLink reads the Magic Link of a hash, be it revoked or not.
func (r reader) MagicLink(ctx context.Context, hash []byte) (fleet.MagicLink, error) {
	return r.magicLink(ctx, `WHERE hash = $1`, hash)
}

// MagicLinkByID reads one Magic Link.
func (r reader) MagicLinkByID(ctx context.Context, id fleet.MagicLinkID) (fleet.MagicLink, error) {
	return r.magicLink(ctx, `WHERE id = $1`, id)
}

func (r reader) magicLink(ctx context.Context, where string, arg any) (fleet.MagicLink, error) {
	all, err := r.magicLinks(ctx, where, arg)
	if err == nil && len(all) == 0 {
		err = notFound("such Magic Link")
	}
	if err != nil {
		return fleet.MagicLink{}, r.d.wrap(err, "read a Magic Link")
	}
	return all[0], nil
}

// MagicLinks lists the newest first.
func (r reader) MagicLinks(ctx context.Context, p control.Page) ([]fleet.MagicLink, error) {
	w := &where{d: r.d}
	w.within("unit_id", p)
	query := w.page("id", p, true)
	all, err := r.magicLinks(ctx, query, w.args...)
	return all, r.d.wrap(err, "list Magic Links")
}

// magicLinks reads Magic Links with their releases.
func (r reader) magicLinks(ctx context.Context, where string, args ...any) ([]fleet.MagicLink, error) {
	all, err := list(ctx, r, scanMagicLink, selectMagicLink+where, args...)
	if err != nil {
		return nil, err
	}
	return all, attach(all, func(m *fleet.MagicLink) fleet.ReleaseID { return m.ReleaseID },
		func(of []fleet.ReleaseID) ([]fleet.Release, error) { return r.releasesOf(ctx, of) },
		func(v fleet.Release) fleet.ReleaseID { return v.ID },
		func(m *fleet.MagicLink, v fleet.Release) { m.Release = v })
}

// Declared tells which of the devices the Magic Link declares.
func (r reader) Declared(
	ctx context.Context, id fleet.MagicLinkID, devices []fleet.DeviceID,
) (map[fleet.DeviceID]bool, error) {
	w := &where{d: r.d}
	w.and("magic_link_id = ?", id)
	w.rows("device_id IN (SELECT x.id FROM {rows})", ids(devices))
	found, err := list(ctx, r, scalar[fleet.DeviceID], `SELECT device_id FROM magic_link_device `+w.String(), w.args...)
	declared := make(map[fleet.DeviceID]bool, len(found))
	for _, d := range found {
		declared[d] = true
	}
	return declared, r.d.wrap(err, "look for declared devices")
}

// DeclaredKeys reads the keys that a Magic Link declares, in their order.
func (r reader) DeclaredKeys(ctx context.Context, id fleet.MagicLinkID) ([]string, error) {
	all, err := list(ctx, r, scalar[string], `SELECT device.key FROM magic_link_device
		JOIN device ON device.id = magic_link_device.device_id WHERE magic_link_id = $1 ORDER BY device.key LIMIT $2`,
		id, fleet.MaxDeclared)
	return all, r.d.wrap(err, "read the devices that Magic Link %d declares", id)
}

// InsertMagicLink keeps a Magic Link under its hash, with what it declares.
func (t tx) InsertMagicLink(
	ctx context.Context, hash []byte, m fleet.MagicLink, declared []fleet.DeviceID,
) (fleet.MagicLinkID, error) {
	id, err := insert[fleet.MagicLinkID](ctx, t, "a Magic Link", `INSERT INTO magic_link
		(hash, unit_id, release_id, note, devices, created_by, created_at, revoked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (hash) DO NOTHING RETURNING id`,
		hash, m.UnitID, m.ReleaseID, storable(m.Note), len(declared), storable(m.CreatedBy), micros(m.CreatedAt), optional(m.RevokedAt))
	if err != nil {
		return 0, err
	}
	n := len(declared)
	err = t.execRows(ctx, new(rowset).
		ints("magic_link_id", n, func(int) int64 { return int64(id) }).
		ints("device_id", n, func(i int) int64 { return int64(declared[i]) }),
		`INSERT INTO magic_link_device (magic_link_id, device_id) SELECT x.magic_link_id, x.device_id FROM {rows}`)
	return id, t.d.wrap(err, "declare the devices of a Magic Link")
}

// RevokeMagicLink ends a Magic Link; only the first caller succeeds.
func (t tx) RevokeMagicLink(ctx context.Context, id fleet.MagicLinkID, at time.Time) error {
	res, err := t.q.ExecContext(ctx, `UPDATE magic_link SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL`, micros(at), id)
	if err == nil {
		err = mustHit(res, "Magic Link %d", id)
	}
	if fleet.CodeOf(err) == fleet.NotFound {
		if _, err := t.MagicLinkByID(ctx, id); err != nil {
			return err
		}
		return fleet.Errorf(fleet.Conflict, "Magic Link %d is revoked already", id)
	}
	return t.d.wrap(err, "revoke Magic Link %d", id)
}
