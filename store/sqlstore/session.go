package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/sluicehq/sluice/fleet"
)

const selectSession = `SELECT hash, user_id, name, actions, created_at, expires_at FROM session `

func scanSession(r row) (s fleet.Session, err error) {
	var actions []byte
	err = r.Scan(&s.Hash, &s.UserID, &s.Name, &actions, moment(&s.CreatedAt), moment(&s.ExpiresAt))
	if err != nil || actions == nil {
		return s, err
	}
	return s, json.Unmarshal(actions, &s.Actions)
}

// Session reads a session, be it expired or not.
func (r reader) Session(ctx context.Context, hash []byte) (fleet.Session, error) {
	s, ok, err := one(ctx, r, scanSession, selectSession+`WHERE hash = $1`, hash)
	if err == nil && !ok {
		err = notFound("such session")
	}
	return s, r.d.wrap(err, "read a session")
}

// APITokens reads the named sessions of a user, by their creation.
func (r reader) APITokens(ctx context.Context, id fleet.UserID) ([]fleet.Session, error) {
	all, err := list(ctx, r, scanSession, selectSession+`WHERE user_id = $1 AND name <> '' ORDER BY created_at, name`, id)
	return all, r.d.wrap(err, "list the API tokens of user %d", id)
}

// InsertSession keeps a session under the hash of its secret.
func (t tx) InsertSession(ctx context.Context, s fleet.Session) error {
	var actions any
	if s.Actions != nil {
		text, err := json.Marshal(s.Actions)
		if err != nil {
			return err
		}
		actions = string(text)
	}
	_, err := t.q.ExecContext(ctx, `INSERT INTO session (hash, user_id, name, actions, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		s.Hash, s.UserID, storable(s.Name), actions, micros(s.CreatedAt), optional(s.ExpiresAt))
	return t.d.wrap(err, "keep a session")
}

// EndSessions ends a user's sessions in browsers, and all API tokens too if
// that is asked for.
func (t tx) EndSessions(ctx context.Context, id fleet.UserID, all bool) error {
	query := `DELETE FROM session WHERE user_id = $1`
	if !all {
		query += ` AND name = ''`
	}
	_, err := t.q.ExecContext(ctx, query, id)
	return t.d.wrap(err, "end the sessions of user %d", id)
}

// DeleteSession ends a session; one that does not exist is ended already.
func (t tx) DeleteSession(ctx context.Context, hash []byte) error {
	_, err := t.q.ExecContext(ctx, `DELETE FROM session WHERE hash = $1`, hash)
	return t.d.wrap(err, "end a session")
}
