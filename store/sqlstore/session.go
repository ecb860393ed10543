package sqlstore

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// Session reads a session, be it expired or not.
func (r reader) Session(ctx context.Context, hash []byte) (fleet.Session, error) {
	s, ok, err := one(ctx, r, func(r row) (s fleet.Session, err error) {
		return s, r.Scan(&s.Hash, &s.UserID, &s.Name, moment(&s.CreatedAt), moment(&s.ExpiresAt))
	}, `SELECT hash, user_id, name, created_at, expires_at FROM session WHERE hash = $1`, hash)
	if err == nil && !ok {
		err = notFound("such session")
	}
	return s, r.d.wrap(err, "read a session")
}

// InsertSession keeps a session under the hash of its secret.
func (t tx) InsertSession(ctx context.Context, s fleet.Session) error {
	_, err := t.q.ExecContext(ctx, `INSERT INTO session (hash, user_id, name, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5)`, s.Hash, s.UserID, s.Name, micros(s.CreatedAt), optional(s.ExpiresAt))
	return t.d.wrap(err, "keep a session")
}

// DeleteSession ends a session; one that does not exist is ended already.
func (t tx) DeleteSession(ctx context.Context, hash []byte) error {
	_, err := t.q.ExecContext(ctx, `DELETE FROM session WHERE hash = $1`, hash)
	return t.d.wrap(err, "end a session")
}
