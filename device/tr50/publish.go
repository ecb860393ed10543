package tr50

import (
	"context"
	"encoding/json"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// locationKey is the key under which positions are kept: TR50 gives them none.
const locationKey = "location"

func propertyPublish(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	thing, p, err := wire.ParsePropertyPublish(params)
	if err != nil {
		return nil, badParams(err)
	}
	device, err := m.target(ctx, thing)
	if err != nil {
		return nil, err
	}
	return nil, m.publish(device, propertyValue(p))
}

func propertyBatch(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	b, err := wire.ParsePropertyBatch(params)
	if err != nil {
		return nil, badParams(err)
	}
	return nil, publishBatch(ctx, m, b, func(device fleet.DeviceID, p wire.Property) error { return m.publish(device, propertyValue(p)) })
}

func attributePublish(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	thing, a, err := wire.ParseAttributePublish(params)
	if err != nil {
		return nil, badParams(err)
	}
	device, err := m.target(ctx, thing)
	if err != nil {
		return nil, err
	}
	return nil, m.publish(device, attributeValue(a))
}

func attributeBatch(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	b, err := wire.ParseAttributeBatch(params)
	if err != nil {
		return nil, badParams(err)
	}
	return nil, publishBatch(ctx, m, b, func(device fleet.DeviceID, a wire.Attribute) error { return m.publish(device, attributeValue(a)) })
}

// attributeUnset empties an attribute; that it was set stays in its history.
func attributeUnset(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.AttributeKey
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	device, err := m.target(ctx, in.Thing)
	if err != nil {
		return nil, err
	}
	if in.Key == "" {
		return nil, &wire.Error{Code: wire.CodeBadParameter, Message: "the parameter key is missing"}
	}
	return nil, m.publish(device, fleet.Value{Kind: fleet.Attribute, Key: in.Key})
}

func alarmPublish(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	thing, a, err := wire.ParseAlarmPublish(params)
	if err != nil {
		return nil, badParams(err)
	}
	device, err := m.target(ctx, thing)
	if err != nil {
		return nil, err
	}
	return nil, m.publish(device, alarmValue(a))
}

// alarmBatch takes its items ordered by their time (TR50 1.8), as the store does
// with whatever is published in one message.
func alarmBatch(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	b, err := wire.ParseAlarmBatch(params)
	if err != nil {
		return nil, badParams(err)
	}
	return nil, publishBatch(ctx, m, b, func(device fleet.DeviceID, a wire.Alarm) error { return m.publish(device, alarmValue(a)) })
}

func locationPublish(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	thing, l, err := wire.ParseLocationPublish(params)
	if err != nil {
		return nil, badParams(err)
	}
	device, err := m.target(ctx, thing)
	if err != nil {
		return nil, err
	}
	return nil, m.publishLocation(device, l)
}

func locationBatch(ctx context.Context, m *message, params json.RawMessage) (any, error) {
	b, err := wire.ParseLocationBatch(params)
	if err != nil {
		return nil, badParams(err)
	}
	return nil, publishBatch(ctx, m, b, m.publishLocation)
}

// publishBatch takes the items in order and stops at the first error (TR50 1.8).
func publishBatch[T any](ctx context.Context, m *message, b wire.Batch[T], publish func(fleet.DeviceID, T) error) error {
	device, err := m.target(ctx, b.Thing)
	if err != nil {
		return err
	}
	if err := m.publish(device); err != nil {
		return err
	}
	for _, item := range b.Items {
		if err := publish(device, item); err != nil {
			return err
		}
	}
	if b.Fault != nil {
		return badParams(b.Fault)
	}
	return nil
}

func (m *message) publishLocation(device fleet.DeviceID, l wire.Location) error {
	at := l.TS.Time
	l.TS = wire.Time{}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return m.publish(device, fleet.Value{Kind: fleet.Location, Key: locationKey, Text: string(text), At: at})
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
