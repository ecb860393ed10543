package tr50

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// What a command reads of a thing, it reads here, with the rights of who asks:
// a user's, or those that a device has on itself and what is bound to it.

func (m *message) self() control.Self { return m.h.control.Self(m.session.device) }

func (m *message) values(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind) ([]fleet.Value, error) {
	if m.session.user() {
		return m.h.control.Values(ctx, m.actor, id, kind)
	}
	return m.self().Values(ctx, id, kind)
}

func (m *message) value(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind, key string) (fleet.Value, error) {
	if m.session.user() {
		return m.h.control.Value(ctx, m.actor, id, kind, key)
	}
	return m.self().Value(ctx, id, kind, key)
}

func (m *message) history(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind, key string, from, to time.Time, limit int) ([]fleet.Value, error) {
	if m.session.user() {
		return m.h.control.History(ctx, m.actor, id, kind, key, from, to, limit)
	}
	return m.self().History(ctx, id, kind, key, from, to, limit)
}

func (m *message) log(ctx context.Context, id fleet.DeviceID) ([]fleet.LogEntry, error) {
	page := control.Page{Limit: maxLines}
	if m.session.user() {
		return m.h.control.Log(ctx, m.actor, id, page)
	}
	return m.self().Log(ctx, id, page)
}

// accepted reads the session's device or one that is bound to it. One that the
// owner has not let in may publish and gets nothing.
func (m *message) accepted(ctx context.Context, id fleet.DeviceID) (fleet.Device, error) {
	d, err := m.self().Device(ctx, id)
	if err != nil {
		return d, err
	}
	if why := d.Refusal(); why != "" {
		return d, notAuthorised(why)
	}
	return d, nil
}
