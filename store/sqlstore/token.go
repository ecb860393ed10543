package sqlstore

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const selectToken = `SELECT id, kind, unit_id, note, created_by, created_at, expires_at, used_at, device_key
	FROM enrolment_token `

func scanToken(r row) (t fleet.EnrolmentToken, err error) {
	return t, r.Scan(&t.ID, &t.Kind, &t.UnitID, &t.Note, &t.CreatedBy,
		moment(&t.CreatedAt), moment(&t.ExpiresAt), moment(&t.UsedAt), &t.DeviceKey)
}

// EnrolmentToken reads the token of a hash.
func (r reader) EnrolmentToken(ctx context.Context, hash []byte) (fleet.EnrolmentToken, error) {
	t, ok, err := one(ctx, r, scanToken, selectToken+`WHERE hash = $1`, hash)
	if err == nil && !ok {
		err = notFound("such enrolment token")
	}
	return t, r.d.wrap(err, "read an enrolment token")
}

// EnrolmentTokens lists the newest first.
func (r reader) EnrolmentTokens(ctx context.Context, p control.Page) ([]fleet.EnrolmentToken, error) {
	w := &where{d: r.d}
	w.within("unit_id", p)
	query := selectToken + w.page("id", p, true)
	all, err := list(ctx, r, scanToken, query, w.args...)
	return all, r.d.wrap(err, "list enrolment tokens")
}

// InsertEnrolmentToken keeps a token under the hash of its secret.
func (t tx) InsertEnrolmentToken(ctx context.Context, hash []byte, e fleet.EnrolmentToken) (fleet.TokenID, error) {
	return insert[fleet.TokenID](ctx, t, "an enrolment token", `INSERT INTO enrolment_token
		(hash, kind, unit_id, note, created_by, created_at, expires_at, used_at, device_key)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (hash) DO NOTHING RETURNING id`,
		hash, e.Kind, e.UnitID, e.Note, e.CreatedBy, micros(e.CreatedAt), optional(e.ExpiresAt), optional(e.UsedAt), e.DeviceKey)
}

// UseEnrolmentToken marks a token as used; only the first caller succeeds.
func (t tx) UseEnrolmentToken(ctx context.Context, id fleet.TokenID, deviceKey string, at time.Time) error {
	res, err := t.q.ExecContext(ctx, `UPDATE enrolment_token SET used_at = $1, device_key = $2
		WHERE id = $3 AND used_at IS NULL`, micros(at), deviceKey, id)
	if err == nil {
		err = mustHit(res, "enrolment token %d", id)
	}
	if fleet.CodeOf(err) == fleet.NotFound {
		e, ok, err := one(ctx, t.reader, scanToken, selectToken+`WHERE id = $1`, id)
		if err == nil && ok {
			return fleet.Errorf(fleet.Conflict, "enrolment token %d was used by device %s already", id, e.DeviceKey)
		}
	}
	return t.d.wrap(err, "use enrolment token %d", id)
}
