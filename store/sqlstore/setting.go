package sqlstore

import (
	"context"
	"time"
)

// Setting reads the value of a name.
func (r reader) Setting(ctx context.Context, name string) ([]byte, error) {
	v, ok, err := one(ctx, r, scalar[[]byte], `SELECT value FROM setting WHERE name = $1`, name)
	if err == nil && !ok {
		err = notFound("setting %q", name)
	}
	return v, r.d.wrap(err, "read setting %q", name)
}

// SetSetting keeps a value under a name.
func (t tx) SetSetting(ctx context.Context, name string, value []byte) error {
	_, err := t.q.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return t.d.wrap(err, "set %q", name)
}

// ClaimSetting inserts an empty setting. A second writer waits for the first
// and then finds it claimed.
func (t tx) ClaimSetting(ctx context.Context, name string, until time.Time) (claimed bool, err error) {
	res, err := t.q.ExecContext(ctx, `INSERT INTO setting (name, value, expires_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`,
		name, []byte{}, micros(until))
	if err != nil {
		return false, t.d.wrap(err, "claim setting %q", name)
	}
	n, err := res.RowsAffected()
	return n == 1, t.d.wrap(err, "claim setting %q", name)
}
