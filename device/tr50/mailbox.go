package tr50

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// mailboxCheck hands out what waits, each message once in a session
// (TR50 1.7). A device that is not accepted has an empty mailbox.
func mailboxCheck(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.MailboxCheck
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	var refused *wire.Error
	switch _, err := m.accepted(ctx, m.session.device); {
	case errors.As(err, &refused):
		return wire.Mailbox{}, nil
	case err != nil:
		return nil, err
	}
	room := control.Room{Messages: int(min(max(in.Limit, 0), 1000)), Bytes: m.room}
	mail, more, err := m.h.control.CheckMail(ctx, m.session.device, m.session.id, room)
	if err != nil {
		return nil, err
	}
	m.moreMail, m.mail = m.moreMail || more, m.mail || len(mail) > 0
	box := wire.Mailbox{Messages: make([]wire.Message, len(mail))}
	for i, x := range mail {
		box.Messages[i] = wire.Message{ID: x.ID, ThingKey: x.DeviceKey, Command: x.Command, Params: x.Params}
		if !in.AutoComplete {
			continue
		}
		if err := complete(ctx, m, x); err != nil {
			return nil, err
		}
	}
	return box, nil
}

// complete ends a message by its delivery (autoComplete). An update does not
// end so: only the device knows what came of it, and may still say it.
func complete(ctx context.Context, m *message, x fleet.Message) error {
	if x.ExecutionID != 0 {
		return m.h.control.Progress(ctx, m.session.device, x.ID, "", "")
	}
	return m.h.control.Acknowledge(ctx, m.session.device, x.ID, fleet.Answer{}, verdict)
}

// mailboxUpdate takes progress.
func mailboxUpdate(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.MailboxUpdate
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	event, detail := progress(string(in.Msg))
	return nil, m.h.control.Progress(ctx, m.session.device, in.ID, event, detail)
}

// mailboxAck takes the answer to a message, whichever session was handed it,
// and as often as it comes (TR50 1.7). "Invoked" is none: the device has begun
// and says the end later.
func mailboxAck(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.MailboxAck
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	if in.ErrorCode == wire.StatusInvoked {
		return nil, m.h.control.Progress(ctx, m.session.device, in.ID, fleet.StartInstall, string(in.ErrorMessage))
	}
	answer := fleet.Answer{ErrorCode: int(in.ErrorCode), ErrorMessage: string(in.ErrorMessage), Params: in.Params}
	return nil, m.h.control.Acknowledge(ctx, m.session.device, in.ID, answer, verdict)
}
