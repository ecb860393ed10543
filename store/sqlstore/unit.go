package sqlstore

import (
	"context"
	"fmt"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const selectUnit = `SELECT id, coalesce(parent_id, 0), kind, name, path FROM unit `

func scanUnit(r row) (u fleet.Unit, err error) {
	return u, r.Scan(&u.ID, &u.ParentID, &u.Kind, &u.Name, &u.Path)
}

// Unit reads one unit.
func (r reader) Unit(ctx context.Context, id fleet.UnitID) (fleet.Unit, error) {
	u, ok, err := one(ctx, r, scanUnit, selectUnit+`WHERE id = $1`, id)
	if err == nil && !ok {
		err = notFound("unit %d", id)
	}
	return u, r.d.wrap(err, "read unit %d", id)
}

// Units lists units by id; a unit is made after its parent.
func (r reader) Units(ctx context.Context, p control.Page) ([]fleet.Unit, error) {
	w := &where{d: r.d}
	w.within("id", p)
	query := selectUnit + w.page("id", p, false)
	all, err := list(ctx, r, scanUnit, query, w.args...)
	return all, r.d.wrap(err, "list units")
}

// InsertUnit makes a unit below its parent.
func (t tx) InsertUnit(ctx context.Context, u fleet.Unit) (fleet.UnitID, error) {
	parent, err := t.Unit(ctx, u.ParentID)
	if err != nil {
		return 0, err
	}
	id, err := insert[fleet.UnitID](ctx, t, fmt.Sprintf("unit %q", u.Name), `INSERT INTO unit (parent_id, kind, name, path)
		VALUES ($1, $2, $3, '') ON CONFLICT (parent_id, name) DO NOTHING RETURNING id`, u.ParentID, u.Kind, storable(u.Name))
	if err != nil {
		return 0, err
	}
	_, err = t.q.ExecContext(ctx, `UPDATE unit SET path = $1 WHERE id = $2`, parent.Path+id.String()+"/", id)
	return id, t.d.wrap(err, "make unit %q", u.Name)
}

// SetUnitName gives a unit another name.
func (t tx) SetUnitName(ctx context.Context, id fleet.UnitID, name string) error {
	res, err := t.q.ExecContext(ctx, `UPDATE unit SET name = $1 WHERE id = $2`, storable(name), id)
	if err == nil {
		err = mustHit(res, "unit %d", id)
	}
	return t.d.wrap(err, "name unit %d %q", id, name)
}
