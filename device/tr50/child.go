package tr50

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// thingBind lets a thing share the session of its gateway (TR50 1.8). Of the
// autoDef parameters, name and tags count, for a thing that is new.
func thingBind(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.ThingBind
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	if in.BindTo != "" && in.BindTo != m.session.key {
		return nil, notFound("Thing " + clip(in.BindTo, fleet.MaxKey) + " not found")
	}
	child, err := m.h.control.Bind(ctx, fleet.Device{ID: m.session.device}, in.Key, in.AutoDefThingName)
	if err != nil {
		return nil, err
	}
	clear(m.children)
	m.adopt(child.ID)
	if child.LastSeenAt.IsZero() && len(in.AutoDefTags) > 0 {
		return nil, m.setTags(child.ID, in.AutoDefTags)
	}
	return nil, nil
}

func thingUnbind(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.ThingBind
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	clear(m.children)
	err := m.h.control.Unbind(ctx, fleet.Device{ID: m.session.device, Key: m.session.key}, in.Key)
	if fleet.CodeOf(err) == fleet.NotFound {
		err = notFound("Thing " + clip(in.Key, fleet.MaxKey) + " not found")
	}
	return nil, err
}

// target is the thing that a command of a device means: the session's own, or
// one that is bound to it. Any other is one that does not exist.
func (m *message) target(ctx context.Context, t wire.Thing) (fleet.DeviceID, error) {
	if t.IsZero() || t.ThingKey == m.session.key || t.ThingKey == "" && t.ThingID == m.session.device.String() {
		return m.session.device, nil
	}
	child, ok := m.children[t]
	if !ok {
		var err error
		if child, err = m.child(ctx, t); err != nil {
			return 0, err
		}
		if m.children == nil {
			m.children = map[wire.Thing]fleet.Device{}
		}
		m.children[t] = child
	}
	if child.State == fleet.DeviceRejected {
		return 0, notAuthorised(child.Refusal())
	}
	m.adopt(child.ID)
	return child.ID, nil
}

// child reads a thing that is bound to the session's.
func (m *message) child(ctx context.Context, t wire.Thing) (d fleet.Device, err error) {
	if t.ThingKey != "" {
		d, err = m.self().DeviceByKey(ctx, t.ThingKey)
	} else {
		id, _ := strconv.ParseInt(t.ThingID, 10, 64) // what is no number is no thing
		d, err = m.self().Device(ctx, fleet.DeviceID(id))
	}
	if fleet.CodeOf(err) == fleet.NotFound {
		err = thingNotFound(t)
	}
	return d, err
}

func thingNotFound(t wire.Thing) error {
	return notFound("Thing " + clip(t.Name(), fleet.MaxKey) + " not found")
}

// adopt makes a bound thing reachable over the session, if that is one over
// MQTT and it is not reachable yet.
func (m *message) adopt(child fleet.DeviceID) { m.session.family.adopt(m.h.control, child) }

// adopt is safe at any time: before the connection is ready and after it has
// ended it does nothing.
func (f *family) adopt(c *control.Control, child fleet.DeviceID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ring == nil || f.offline[child] != nil {
		return
	}
	f.offline[child] = c.Online(child, control.Bell{Ring: f.ring, HangUp: func() { f.leave(child) }})
}

// open lets the family ring the connection.
func (f *family) open(ring func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ring, f.offline = ring, map[fleet.DeviceID]func(){}
}

// leave ends the presence of one thing; the session goes on.
func (f *family) leave(child fleet.DeviceID) {
	f.mu.Lock()
	offline := f.offline[child]
	delete(f.offline, child)
	f.mu.Unlock()
	if offline != nil {
		offline()
	}
}

// close ends the presence of all.
func (f *family) close() {
	f.mu.Lock()
	all := f.offline
	f.ring, f.offline = nil, nil
	f.mu.Unlock()
	for _, offline := range all {
		offline()
	}
}
