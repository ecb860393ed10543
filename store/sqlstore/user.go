package sqlstore

import (
	"context"
	"fmt"

	"github.com/sluicehq/sluice/fleet"
)

const selectUser = `SELECT id, name, password_hash, role, unit_id, created_at FROM "user" `

func scanUser(r row) (u fleet.User, err error) {
	return u, r.Scan(&u.ID, &u.Name, &u.PasswordHash, &u.Role, &u.UnitID, moment(&u.CreatedAt))
}

// User reads one user.
func (r reader) User(ctx context.Context, id fleet.UserID) (fleet.User, error) {
	u, ok, err := one(ctx, r, scanUser, selectUser+`WHERE id = $1`, id)
	if err == nil && !ok {
		err = notFound("user %d", id)
	}
	return u, r.d.wrap(err, "read user %d", id)
}

// UserByName reads the user of a name.
func (r reader) UserByName(ctx context.Context, name string) (fleet.User, error) {
	u, ok, err := one(ctx, r, scanUser, selectUser+`WHERE name = $1`, storable(name))
	if err == nil && (!ok || u.Name != name) {
		u, err = fleet.User{}, notFound("user %q", name)
	}
	return u, r.d.wrap(err, "read user %q", name)
}

// CountUsers is how many users there are.
func (r reader) CountUsers(ctx context.Context) (int, error) {
	n, _, err := one(ctx, r, scalar[int], `SELECT count(*) FROM "user"`)
	return n, r.d.wrap(err, "count users")
}

// InsertUser makes a user.
func (t tx) InsertUser(ctx context.Context, u fleet.User) (fleet.UserID, error) {
	return insert[fleet.UserID](ctx, t, fmt.Sprintf("user %q", u.Name), `INSERT INTO "user" (name, password_hash, role, unit_id, created_at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING RETURNING id`, u.Name, u.PasswordHash, u.Role, u.UnitID, micros(u.CreatedAt))
}
