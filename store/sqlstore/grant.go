package sqlstore

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// Grants reads a user's roles, by unit.
func (r reader) Grants(ctx context.Context, id fleet.UserID) ([]fleet.Grant, error) {
	all, err := list(ctx, r, scanGrant, selectGrant+`WHERE "grant".user_id = $1 ORDER BY unit.id`, id)
	return all, r.d.wrap(err, "read the roles of user %d", id)
}

// GrantsOf reads the roles of several users, each by unit.
func (r reader) GrantsOf(ctx context.Context, users []fleet.UserID) (map[fleet.UserID][]fleet.Grant, error) {
	of := map[fleet.UserID][]fleet.Grant{}
	if len(users) == 0 {
		return of, nil
	}
	from, args := r.d.source(ids(users))
	all, err := list(ctx, r, scanGrant, selectGrant+`WHERE "grant".user_id IN (SELECT x.id FROM `+from+`) ORDER BY unit.id`, args...)
	for _, g := range all {
		of[g.UserID] = append(of[g.UserID], g)
	}
	return of, r.d.wrap(err, "read the roles of users")
}

const selectGrant = `SELECT "grant".user_id, "grant".role, unit.id, coalesce(unit.parent_id, 0), unit.kind, unit.name, unit.path
	FROM "grant" JOIN unit ON unit.id = "grant".unit_id `

func scanGrant(r row) (g fleet.Grant, err error) {
	return g, r.Scan(&g.UserID, &g.Role, &g.Unit.ID, &g.Unit.ParentID, &g.Unit.Kind, &g.Unit.Name, &g.Unit.Path)
}

// SetGrant gives a user a role in a unit, in place of any other there.
func (t tx) SetGrant(ctx context.Context, id fleet.UserID, unit fleet.UnitID, role fleet.Role) error {
	_, err := t.q.ExecContext(ctx, `INSERT INTO "grant" (user_id, unit_id, role) VALUES ($1, $2, $3)
		ON CONFLICT (user_id, unit_id) DO UPDATE SET role = excluded.role`, id, unit, role)
	return t.d.wrap(err, "give user %d a role in unit %d", id, unit)
}

// DeleteGrant takes the role in a unit away.
func (t tx) DeleteGrant(ctx context.Context, id fleet.UserID, unit fleet.UnitID) error {
	res, err := t.q.ExecContext(ctx, `DELETE FROM "grant" WHERE user_id = $1 AND unit_id = $2`, id, unit)
	if err == nil {
		err = mustHit(res, "role of user %d in unit %d", id, unit)
	}
	return t.d.wrap(err, "take the role of user %d in unit %d away", id, unit)
}
