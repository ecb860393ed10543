package tr50

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// attributeDescription is where the desc of a thing is kept, which the fleet does not know.
const attributeDescription = "description"

// thing is the device that a command reads: the session's own or
// one that is bound to it, or for a user
// the one that is named. What the message published before is on disk then.
func (m *message) thing(ctx context.Context, t wire.Thing) (fleet.Device, error) {
	if m.session.user() {
		return m.named(ctx, t)
	}
	device, err := m.target(ctx, t)
	if err != nil {
		return fleet.Device{}, err
	}
	if err := m.commit(ctx); err != nil {
		return fleet.Device{}, err
	}
	return m.self().Device(ctx, device)
}

// named is the device that a user names, if the user may read it.
func (m *message) named(ctx context.Context, t wire.Thing) (d fleet.Device, err error) {
	switch {
	case t.ThingKey != "":
		return m.h.control.DeviceByKey(ctx, m.actor, t.ThingKey)
	case t.ThingID != "":
		id, _ := strconv.ParseInt(t.ThingID, 10, 64) // what is no number is no thing
		if d, err = m.h.control.Device(ctx, m.actor, fleet.DeviceID(id)); fleet.CodeOf(err) == fleet.NotFound {
			err = thingNotFound(t)
		}
		return d, err
	case !t.IsZero():
		return d, thingNotFound(t)
	}
	return d, &wire.Error{Code: wire.CodeBadParameter, Message: "the parameter thingKey is missing"}
}

func thingFind(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.ThingFind
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	in.ThingKey, in.ThingID = cmp.Or(in.ThingKey, in.Key), cmp.Or(in.ThingID, in.ID)
	d, err := m.thing(ctx, in.Thing)
	if err != nil {
		return nil, err
	}
	return m.found(ctx, d)
}

// found describes a device with its current values.
func (m *message) found(ctx context.Context, d fleet.Device) (wire.ThingFound, error) {
	out := found(d)
	out.Connected = m.h.control.Connected(d.ID)
	for _, kind := range []fleet.ValueKind{fleet.Attribute, fleet.Property, fleet.Alarm, fleet.Location} {
		list, err := m.values(ctx, d.ID, kind)
		if err != nil {
			return out, err
		}
		for _, v := range list {
			if err := addValue(&out, v); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

func found(d fleet.Device) wire.ThingFound {
	return wire.ThingFound{ID: d.ID.String(), Key: d.Key, Name: d.Name, DefKey: string(d.Kind), Connected: d.Connected,
		LastSeen: wire.At(d.LastSeenAt), LastCommunication: wire.At(d.LastSeenAt), CreatedOn: wire.At(d.CreatedAt),
		Attributes: map[string]wire.AttributeState{}, Properties: map[string]wire.PropertyState{}, Alarms: map[string]wire.AlarmState{}}
}

func addValue(out *wire.ThingFound, v fleet.Value) error {
	ts, since := wire.At(v.At), wire.At(v.Since)
	switch {
	case v.Kind == fleet.Property:
		out.Properties[v.Key] = wire.PropertyState{TS: ts, Value: wire.Number(v.Number)}
	case v.Kind == fleet.Alarm:
		out.Alarms[v.Key] = wire.AlarmState{TS: ts, Since: since, State: wire.Number(v.Number)}
	case v.Kind == fleet.Location:
		l, err := locationOf(v)
		out.Location = &l
		return err
	case v.Key == fleet.AttributeTags:
		out.Tags = fleet.Tags(v.Text).List()
	case v.Key == attributeDescription:
		out.Desc = v.Text
	default:
		out.Attributes[v.Key] = wire.AttributeState{TS: ts, Since: since, Value: wire.Text(v.Text)}
	}
	return nil
}

// thingUpdate takes what a thing says of itself; it is kept as attributes.
func thingUpdate(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.ThingUpdate
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	in.ThingKey = cmp.Or(in.ThingKey, in.Key)
	device, err := m.target(ctx, in.Thing)
	if err != nil {
		return nil, err
	}
	for _, f := range []struct {
		field, key string
		text       *wire.Text
	}{
		{"", fleet.AttributeName, in.Name}, {"desc", attributeDescription, in.Desc}, {"esn", "esn", in.ESN},
		{"iccid", "iccid", in.ICCID}, {"imei", "imei", in.IMEI}, {"imsi", "imsi", in.IMSI}, {"meid", "meid", in.MEID},
	} {
		if slices.Contains(in.Unset, f.field) {
			f.text = new(wire.Text)
		}
		if f.text == nil {
			continue
		}
		if err := m.publish(device, fleet.Value{Kind: fleet.Attribute, Key: f.key, Text: string(*f.text)}); err != nil {
			return nil, err
		}
	}
	if slices.Contains(in.Unset, "tags") {
		in.Tags = []string{}
	}
	if in.Tags == nil {
		return nil, nil
	}
	return nil, m.setTags(device, in.Tags)
}

// maxThings is how many things one thing.list gives.
const maxThings = 1000

// thingList lists devices without their values. Its offset counts rows.
func thingList(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.ThingList
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	offset, limit := int(min(max(in.Offset, 0), maxThings)), int(min(max(in.Limit, 0), maxThings))
	if limit == 0 {
		limit = 100
	}
	list, err := m.h.control.Devices(ctx, m.actor, control.DeviceFilter{Tags: fleet.TagsOf(in.Tags)}, control.Page{Limit: min(offset+limit, maxThings)})
	if err != nil {
		return nil, err
	}
	out := wire.ThingListed{Result: []wire.ThingFound{}}
	for _, d := range list[min(offset, len(list)):] {
		out.Result = append(out.Result, found(d))
	}
	out.Count = len(out.Result)
	return out, nil
}

// thingDelete takes a thing out of service. What happened on it stays on
// record, so its key stays known.
func thingDelete(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.ThingDelete
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	in.ThingKey, in.ThingID = cmp.Or(in.ThingKey, in.Key), cmp.Or(in.ThingID, in.ID)
	d, err := m.named(ctx, in.Thing)
	if err != nil {
		return nil, err
	}
	return nil, m.h.control.Decommission(ctx, m.actor, d.ID)
}
