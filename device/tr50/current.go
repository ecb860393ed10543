package tr50

import (
	"context"
	"encoding/json"
	"math"
	"time"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// maxHistory is how many values one answer holds; the newest are given.
const maxHistory = 1000

func propertyCurrent(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	v, err := current(ctx, m, fleet.Property, params)
	if err != nil {
		return nil, err
	}
	return wire.PropertyValue{Value: wire.Number(v.Number), TS: wire.At(v.At)}, nil
}

func attributeCurrent(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	v, err := current(ctx, m, fleet.Attribute, params)
	if err != nil {
		return nil, err
	}
	return wire.AttributeValue{Value: wire.Text(v.Text), TS: wire.At(v.At)}, nil
}

func alarmCurrent(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	v, err := current(ctx, m, fleet.Alarm, params)
	if err != nil {
		return nil, err
	}
	since := v.Since
	if since.IsZero() {
		since = v.At
	}
	lasted := wire.Number(math.Floor(max(m.at.Sub(since), 0).Seconds()))
	out := alarmOf(v)
	out.Duration = &lasted
	return out, nil
}

func locationCurrent(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.Current
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	in.Key = locationKey
	v, err := valueAt(ctx, m, fleet.Location, in)
	if err != nil {
		return nil, err
	}
	return locationOf(v)
}

func propertyHistory(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	list, err := history(ctx, m, fleet.Property, params)
	if err != nil {
		return nil, err
	}
	out := wire.Values[wire.PropertyValue]{Values: make([]wire.PropertyValue, len(list))}
	for i, v := range list {
		out.Values[i] = wire.PropertyValue{Value: wire.Number(v.Number), TS: wire.At(v.At)}
	}
	return out, nil
}

func alarmHistory(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	list, err := history(ctx, m, fleet.Alarm, params)
	if err != nil {
		return nil, err
	}
	out := wire.Values[wire.AlarmValue]{Values: make([]wire.AlarmValue, len(list))}
	for i, v := range list {
		out.Values[i] = alarmOf(v)
	}
	return out, nil
}

func alarmOf(v fleet.Value) wire.AlarmValue {
	return wire.AlarmValue{State: wire.Number(v.Number), Msg: wire.Text(v.Text), TS: wire.At(v.At)}
}

func locationOf(v fleet.Value) (wire.Location, error) {
	var l wire.Location
	if err := json.Unmarshal([]byte(v.Text), &l); err != nil {
		return l, fleet.Errorf(fleet.Internal, "the stored location cannot be read: %v", err)
	}
	l.TS = wire.At(v.At)
	return l, nil
}

func current(ctx context.Context, m *message, kind fleet.ValueKind, params json.RawMessage) (fleet.Value, error) {
	var in wire.Current
	if err := wire.Decode(params, &in); err != nil {
		return fleet.Value{}, badParams(err)
	}
	return valueAt(ctx, m, kind, in)
}

// valueAt is the value that was current at in.TS, which is now when zero.
func valueAt(ctx context.Context, m *message, kind fleet.ValueKind, in wire.Current) (fleet.Value, error) {
	d, err := m.thing(ctx, in.Thing)
	if err != nil {
		return fleet.Value{}, err
	}
	missing := notFound(title(kind) + " " + clip(in.Key, maxKey) + " not found")
	if in.TS.IsZero() {
		v, err := m.value(ctx, d.ID, kind, in.Key)
		if fleet.CodeOf(err) == fleet.NotFound {
			err = missing
		}
		return v, err
	}
	list, err := m.history(ctx, d.ID, kind, in.Key, time.Time{}, in.TS.Time, 1)
	if err == nil && len(list) == 0 {
		err = missing
	}
	if err != nil {
		return fleet.Value{}, err
	}
	return list[0], nil
}

func title(kind fleet.ValueKind) string {
	return map[fleet.ValueKind]string{fleet.Property: "Property", fleet.Attribute: "Attribute", fleet.Alarm: "Alarm", fleet.Location: "Location"}[kind]
}

func history(ctx context.Context, m *message, kind fleet.ValueKind, params json.RawMessage) ([]fleet.Value, error) {
	var in wire.History
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	d, err := m.thing(ctx, in.Thing)
	if err != nil {
		return nil, err
	}
	end := in.End.Time
	if end.IsZero() {
		end = m.at.Add(time.Second) // what was published just now is in it
	}
	limit := int(min(max(in.Records, 0), maxHistory))
	if limit == 0 {
		limit = maxHistory
	}
	return m.history(ctx, d.ID, kind, in.Key, in.Start.Time, end, limit)
}
