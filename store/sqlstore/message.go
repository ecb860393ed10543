package sqlstore

import (
	"context"
	"strconv"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

const selectMessage = `SELECT message.id, message.device_id, device.key, coalesce(message.execution_id, 0),
	message.command, message.params, message.created_at, message.expires_at, message.session, message.started,
	message.acked_at, message.answer_code, message.answer_message, message.answer_params
	FROM message JOIN device ON device.id = message.device_id `

func scanMessage(r row) (m fleet.Message, err error) {
	var params, answer []byte
	err = r.Scan(&m.ID, &m.DeviceID, &m.DeviceKey, &m.ExecutionID, &m.Command, &params,
		moment(&m.CreatedAt), moment(&m.ExpiresAt), &m.Session, &m.Started, moment(&m.AckedAt),
		&m.Answer.ErrorCode, &m.Answer.ErrorMessage, &answer)
	m.Params, m.Answer.Params = params, answer
	return m, err
}

// Message reads one message.
func (r reader) Message(ctx context.Context, id string) (fleet.Message, error) {
	m, ok, err := one(ctx, r, scanMessage, selectMessage+`WHERE message.id = $1`, storable(id))
	if err == nil && !ok {
		err = notFound("message %q", id)
	}
	return m, r.d.wrap(err, "read message %q", id)
}

// Mailbox lists what a device has not acknowledged, oldest first.
func (r reader) Mailbox(ctx context.Context, id fleet.DeviceID, limit int) ([]fleet.Message, error) {
	all, err := list(ctx, r, scanMessage, selectMessage+`WHERE message.device_id = $1 AND message.acked_at IS NULL
		ORDER BY message.seq LIMIT $2`, id, limit)
	return all, r.d.wrap(err, "read the mailbox of device %d", id)
}

// WaitingMail lists what may be handed to a session, oldest first.
func (r reader) WaitingMail(ctx context.Context, id fleet.DeviceID, session string, now time.Time, limit int) ([]fleet.Message, error) {
	all, err := list(ctx, r, scanMessage, selectMessage+`WHERE message.device_id IN (
			SELECT CAST($1 AS bigint) UNION ALL SELECT child.id FROM device child WHERE child.parent_id = $1 AND child.state = $2)
		AND message.acked_at IS NULL AND NOT message.started AND message.session <> $3
		AND (message.expires_at IS NULL OR message.expires_at > $4) ORDER BY message.seq LIMIT $5`,
		id, fleet.DeviceAccepted, session, micros(now), limit)
	return all, r.d.wrap(err, "read the mailbox of device %d", id)
}

// InsertMessage puts a message into a device's mailbox.
func (t tx) InsertMessage(ctx context.Context, m fleet.Message) error {
	_, err := t.q.ExecContext(ctx, `INSERT INTO message (id, device_id, execution_id, command, params, created_at,
		expires_at, session, started, acked_at, answer_code, answer_message, answer_params)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		m.ID, m.DeviceID, reference(m.ExecutionID), m.Command, []byte(m.Params), micros(m.CreatedAt),
		optional(m.ExpiresAt), m.Session, m.Started, optional(m.AckedAt),
		m.Answer.ErrorCode, storable(m.Answer.ErrorMessage), []byte(m.Answer.Params))
	return t.d.wrap(err, "keep message %q", m.ID)
}

// HandOut marks messages as handed to a session; an acknowledged one, or one
// that does not exist, is passed over.
func (t tx) HandOut(ctx context.Context, idList []string, session string) error {
	from, args := t.d.source(new(rowset).text("id", len(idList), func(i int) string { return idList[i] }))
	args = append(args, session)
	_, err := t.q.ExecContext(ctx, `UPDATE message SET session = $`+strconv.Itoa(len(args))+`
		WHERE id IN (SELECT x.id FROM `+from+`) AND acked_at IS NULL`, args...)
	return t.d.wrap(err, "hand out messages")
}

// StartMessage marks that the device works on it.
func (t tx) StartMessage(ctx context.Context, id string) error {
	res, err := t.q.ExecContext(ctx, `UPDATE message SET started = true WHERE id = $1`, storable(id))
	if err == nil {
		err = mustHit(res, "message %q", id)
	}
	return t.d.wrap(err, "mark message %q as started", id)
}

// AckMessage keeps the first answer.
func (t tx) AckMessage(ctx context.Context, id string, at time.Time, a fleet.Answer) (first bool, err error) {
	res, err := t.q.ExecContext(ctx, `UPDATE message SET acked_at = $1, answer_code = $2, answer_message = $3,
		answer_params = $4 WHERE id = $5 AND acked_at IS NULL`,
		micros(at), a.ErrorCode, storable(a.ErrorMessage), []byte(a.Params), storable(id))
	if err == nil {
		err = mustHit(res, "message %q", id)
	}
	if fleet.CodeOf(err) == fleet.NotFound {
		_, err = t.Message(ctx, id) // acknowledged before, or not there at all
		return false, err
	}
	return err == nil, t.d.wrap(err, "acknowledge message %q", id)
}
