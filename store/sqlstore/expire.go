package sqlstore

import (
	"context"
	"time"
)

// How long things are kept that nobody asks for any more.
const (
	keepHistory  = 30 * 24 * time.Hour
	keepMessages = 30 * 24 * time.Hour
	keepTokens   = 30 * 24 * time.Hour
	keepLog      = 90 * 24 * time.Hour
)

// expireRows bounds how many rows of a kind one call deletes.
const expireRows = 5000

// expiries delete at most $2 rows that are older than $1. History and log are
// in the order of their arrival, so only their heads are looked at.
var expiries = []struct {
	keep time.Duration
	text string
}{
	{0, `DELETE FROM session WHERE hash IN (
		SELECT hash FROM session WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`},
	{0, `DELETE FROM setting WHERE name IN (
		SELECT name FROM setting WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`},
	{keepTokens, `DELETE FROM enrolment_token WHERE id IN (
		SELECT id FROM enrolment_token WHERE expires_at <= $1 AND kind = 'one_time' AND used_at IS NULL
		ORDER BY expires_at LIMIT $2)`},
	{keepMessages, `DELETE FROM message WHERE seq IN (
		SELECT seq FROM message WHERE acked_at IS NOT NULL AND acked_at <= $1 ORDER BY acked_at LIMIT $2)`},
	{0, `DELETE FROM message WHERE seq IN (
		SELECT seq FROM message WHERE acked_at IS NULL AND expires_at IS NOT NULL AND expires_at <= $1
		ORDER BY expires_at LIMIT $2)`},
	{keepHistory, `DELETE FROM value_history WHERE arrived_at <= $1 AND id IN (
		SELECT id FROM value_history ORDER BY id LIMIT $2)`},
	{keepLog, `DELETE FROM device_log WHERE arrived_at <= $1 AND id IN (SELECT id FROM device_log ORDER BY id LIMIT $2)`},
}

// DeleteExpired deletes sessions, messages and settings that ran out, and what is older
// than its keeping: history and acknowledged messages 30 days, logs 90 days,
// one-time tokens that nobody used 30 days after they ran out. A token that let
// a device in stays. One call deletes a bounded number; more tells that it came
// to the bound.
func (t tx) DeleteExpired(ctx context.Context, now time.Time) (more bool, err error) {
	for _, e := range expiries {
		done, err := t.q.ExecContext(ctx, e.text, micros(now.Add(-e.keep)), expireRows)
		if err != nil {
			return false, t.d.wrap(err, "delete what has run out")
		}
		n, err := done.RowsAffected()
		if err != nil {
			return false, t.d.wrap(err, "delete what has run out")
		}
		more = more || n == expireRows
	}
	return more, nil
}
