package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const selectUser = `SELECT id, name, password_hash, must_change, disabled_at, created_at FROM "user" `

func scanUser(r row) (u fleet.User, err error) {
	return u, r.Scan(&u.ID, &u.Name, &u.PasswordHash, &u.MustChange, moment(&u.DisabledAt), moment(&u.CreatedAt))
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

// Users lists users by id; within units, those with a role there.
func (r reader) Users(ctx context.Context, p control.Page) ([]fleet.User, error) {
	w := &where{d: r.d}
	if p.Within != nil {
		w.rows(`id IN (SELECT user_id FROM "grant" WHERE unit_id IN (`+units+`))`, ids(p.Within))
	}
	query := selectUser + w.page("id", p, false)
	all, err := list(ctx, r, scanUser, query, w.args...)
	return all, r.d.wrap(err, "list users")
}

// CountUsers is how many users there are.
func (r reader) CountUsers(ctx context.Context) (int, error) {
	n, _, err := one(ctx, r, scalar[int], `SELECT count(*) FROM "user"`)
	return n, r.d.wrap(err, "count users")
}

// InsertUser makes a user without any role.
func (t tx) InsertUser(ctx context.Context, u fleet.User) (fleet.UserID, error) {
	return insert[fleet.UserID](ctx, t, fmt.Sprintf("user %q", u.Name), `INSERT INTO "user"
		(name, password_hash, must_change, disabled_at, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (name) DO NOTHING RETURNING id`,
		u.Name, u.PasswordHash, u.MustChange, optional(u.DisabledAt), micros(u.CreatedAt))
}

// SetPassword keeps the hash of another password.
func (t tx) SetPassword(ctx context.Context, id fleet.UserID, hash string, mustChange bool) error {
	res, err := t.q.ExecContext(ctx, `UPDATE "user" SET password_hash = $1, must_change = $2 WHERE id = $3`,
		hash, mustChange, id)
	if err == nil {
		err = mustHit(res, "user %d", id)
	}
	return t.d.wrap(err, "set the password of user %d", id)
}

// SetUserDisabled sets since when a user may not sign in; zero: they may.
func (t tx) SetUserDisabled(ctx context.Context, id fleet.UserID, at time.Time) error {
	res, err := t.q.ExecContext(ctx, `UPDATE "user" SET disabled_at = $1 WHERE id = $2`, optional(at), id)
	if err == nil {
		err = mustHit(res, "user %d", id)
	}
	return t.d.wrap(err, "disable or enable user %d", id)
}
