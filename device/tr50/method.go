package tr50

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// How long a sender waits for the acknowledgement (TR50 1.7), in seconds.
const (
	defaultAckTimeout = 30
	maxAckTimeout     = 300
)

// maxParams bounds the parameters of one message in bytes, so that a full
// mailbox fits into one reply.
const maxParams = 8 << 10

// maxTTL bounds the time that a message is kept, in seconds: ten years.
const maxTTL = 10 * 365 * 24 * 3600

func methodExec(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.MethodExec
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	if in.Method == "" {
		return nil, &wire.Error{Code: wire.CodeBadParameter, Message: "the parameter method is missing"}
	}
	d, err := m.addressee(ctx, in.Thing, in.Arguments())
	if err != nil {
		return nil, err
	}
	timeout, ttl := waiting(in.Waiting)
	mail, err := m.h.control.Exec(ctx, m.actor, d.ID, in.Method, in.Arguments(), ttl)
	if err != nil {
		return nil, err
	}
	return m.await(ctx, mail, timeout)
}

func mailboxSend(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.MailboxSend
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	if in.Command == "" {
		return nil, &wire.Error{Code: wire.CodeBadParameter, Message: "the parameter command is missing"}
	}
	d, err := m.addressee(ctx, in.Thing, in.Params)
	if err != nil {
		return nil, err
	}
	timeout, ttl := waiting(in.Waiting)
	mail, err := m.h.control.SendMail(ctx, m.actor, d.ID, in.Command, in.Params, ttl)
	if err != nil {
		return nil, err
	}
	return m.await(ctx, mail, timeout)
}

// addressee is the device that a user sends these parameters to.
func (m *message) addressee(ctx context.Context, t wire.Thing, params json.RawMessage) (fleet.Device, error) {
	if len(params) > maxParams {
		return fleet.Device{}, &wire.Error{Code: wire.CodeLimit, Message: "the parameters have more than 8 KiB"}
	}
	d, err := m.named(ctx, t)
	if fleet.CodeOf(err) == fleet.NotFound && strings.HasPrefix(t.ThingKey, "@") {
		err = notFound("Alias " + clip(t.ThingKey, fleet.MaxKey) + " not found: no aliases are kept here, name the thing by its thingKey")
	}
	return d, err
}

// waiting reads ackTimeout and ttl. A ttl of 0 keeps a message until it is
// acknowledged; the one that is not given is the ackTimeout (TR50 1.7).
func waiting(w wire.Waiting) (timeout, ttl time.Duration) {
	ack := wire.Number(defaultAckTimeout)
	if w.AckTimeout != nil {
		ack = min(*w.AckTimeout, maxAckTimeout)
	}
	if ack < 1 {
		ack = 0
	}
	keep := ack
	if w.TTL != nil {
		keep = min(max(*w.TTL, 0), maxTTL)
	}
	return seconds(ack), seconds(keep)
}

func seconds(n wire.Number) time.Duration { return time.Duration(float64(n) * float64(time.Second)) }

// await gives the device's answer to the message: its params, or its own error
// code and message. With no timeout it gives the id of the message at once.
func (m *message) await(ctx context.Context, mail fleet.Message, timeout time.Duration) (any, error) {
	if timeout == 0 {
		return wire.MessageID{ID: mail.ID}, nil
	}
	bounded, cancel := context.WithTimeout(m.waiting, timeout)
	defer cancel()
	answer, err := m.h.control.AwaitAnswer(bounded, mail.ID)
	switch {
	case bounded.Err() != nil && err != nil:
		return nil, &wire.Error{Code: wire.CodeTimedOut, Message: "the device did not acknowledge in time"}
	case err != nil:
		return nil, err
	case answer.ErrorCode != 0:
		message := answer.ErrorMessage
		if message == "" {
			message = statusWord(wire.Code(answer.ErrorCode))
		}
		return nil, &wire.Error{Code: wire.Code(answer.ErrorCode), Message: message}
	case answer.Params == nil:
		return nil, nil
	}
	return answer.Params, nil
}
