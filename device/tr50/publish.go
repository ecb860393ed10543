package tr50

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// locationKey is the key under which positions are kept: TR50 gives them none.
const locationKey = "location"

func propertyPublish(_ context.Context, m *message, params json.RawMessage) (any, error) {
	thing, p, err := wire.ParsePropertyPublish(params)
	if err != nil {
		return nil, badParams(err)
	}
	if err := m.own(thing); err != nil {
		return nil, err
	}
	return nil, m.publish(propertyValue(p))
}

func propertyBatch(_ context.Context, m *message, params json.RawMessage) (any, error) {
	b, err := wire.ParsePropertyBatch(params)
	if err != nil {
		return nil, badParams(err)
	}
	return nil, publishBatch(m, b, func(p wire.Property) error { return m.publish(propertyValue(p)) })
}

func attributePublish(_ context.Context, m *message, params json.RawMessage) (any, error) {
	thing, a, err := wire.ParseAttributePublish(params)
	if err != nil {
		return nil, badParams(err)
	}
	if err := m.own(thing); err != nil {
		return nil, err
	}
	return nil, m.publish(attributeValue(a))
}

func attributeBatch(_ context.Context, m *message, params json.RawMessage) (any, error) {
	b, err := wire.ParseAttributeBatch(params)
	if err != nil {
		return nil, badParams(err)
	}
	return nil, publishBatch(m, b, func(a wire.Attribute) error { return m.publish(attributeValue(a)) })
}

// attributeUnset empties an attribute; that it was set stays in its history.
func attributeUnset(_ context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.AttributeKey
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	if err := m.own(in.Thing); err != nil {
		return nil, err
	}
	if in.Key == "" {
		return nil, &wire.Error{Code: wire.CodeBadParameter, Message: "the parameter key is missing"}
	}
	return nil, m.publish(fleet.Value{Kind: fleet.Attribute, Key: in.Key})
}

func alarmPublish(_ context.Context, m *message, params json.RawMessage) (any, error) {
	thing, a, err := wire.ParseAlarmPublish(params)
	if err != nil {
		return nil, badParams(err)
	}
	if err := m.own(thing); err != nil {
		return nil, err
	}
	return nil, m.publish(alarmValue(a))
}

// alarmBatch takes its items ordered by their time (TR50 1.8); an item without
// one happened now.
func alarmBatch(_ context.Context, m *message, params json.RawMessage) (any, error) {
	b, err := wire.ParseAlarmBatch(params)
	if err != nil {
		return nil, badParams(err)
	}
	for i := range b.Items {
		if b.Items[i].TS.IsZero() {
			b.Items[i].TS = wire.At(m.at)
		}
	}
	slices.SortStableFunc(b.Items, func(x, y wire.Alarm) int { return x.TS.Compare(y.TS.Time) })
	return nil, publishBatch(m, b, func(a wire.Alarm) error { return m.publish(alarmValue(a)) })
}

func locationPublish(_ context.Context, m *message, params json.RawMessage) (any, error) {
	thing, l, err := wire.ParseLocationPublish(params)
	if err != nil {
		return nil, badParams(err)
	}
	if err := m.own(thing); err != nil {
		return nil, err
	}
	return nil, m.publishLocation(l)
}

func locationBatch(_ context.Context, m *message, params json.RawMessage) (any, error) {
	b, err := wire.ParseLocationBatch(params)
	if err != nil {
		return nil, badParams(err)
	}
	return nil, publishBatch(m, b, m.publishLocation)
}

// publishBatch takes the items in order and stops at the first error (TR50 1.8).
func publishBatch[T any](m *message, b wire.Batch[T], publish func(T) error) error {
	if err := m.own(b.Thing); err != nil {
		return err
	}
	if err := m.publish(); err != nil {
		return err
	}
	for _, item := range b.Items {
		if err := publish(item); err != nil {
			return err
		}
	}
	if b.Fault != nil {
		return badParams(b.Fault)
	}
	return nil
}

func (m *message) publishLocation(l wire.Location) error {
	at := l.TS.Time
	l.TS = wire.Time{}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return m.publish(fleet.Value{Kind: fleet.Location, Key: locationKey, Text: string(text), At: at})
}

func propertyValue(p wire.Property) fleet.Value {
	return fleet.Value{Kind: fleet.Property, Key: p.Key, Number: float64(*p.Value), At: p.TS.Time}
}

func attributeValue(a wire.Attribute) fleet.Value {
	return fleet.Value{Kind: fleet.Attribute, Key: a.Key, Text: string(*a.Value), At: a.TS.Time, Republish: bool(a.Republish)}
}

func alarmValue(a wire.Alarm) fleet.Value {
	return fleet.Value{Kind: fleet.Alarm, Key: a.Key, Number: float64(*a.State), Text: string(a.Msg), At: a.TS.Time, Republish: bool(a.Republish)}
}
