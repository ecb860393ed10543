package api

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// Value is one published value at one moment. Number is for properties and
// alarms, Text for the others.
type Value struct {
	Kind   fleet.ValueKind `json:"kind"`
	Key    string          `json:"key"`
	Number float64         `json:"number"`
	Text   string          `json:"text,omitempty"`
	At     time.Time       `json:"at"`
	Since  time.Time       `json:"since,omitzero"`
}

func valueOf(v fleet.Value) Value {
	return Value{Kind: v.Kind, Key: v.Key, Number: v.Number, Text: v.Text, At: v.At, Since: v.Since}
}

// ValuesInput names the values of a device in the path.
type ValuesInput struct {
	DeviceInput
	Kind fleet.ValueKind `query:"kind" required:"true" enum:"property,attribute,alarm,location"`
}

func (a *API) deviceValues(ctx context.Context, in *ValuesInput) (*output[list[Value]], error) {
	values, err := a.control.Values(ctx, actorOf(ctx), in.Device, in.Kind)
	return answer(values, err, valueList)
}

type historyInput struct {
	ValuesInput
	Key   string    `query:"key" required:"true" maxLength:"128"`
	From  time.Time `query:"from" doc:"Default: a day before to"`
	To    time.Time `query:"to" doc:"Default: now"`
	Limit int       `query:"limit" minimum:"1" maximum:"1000" default:"1000" doc:"With more, the newest of them"`
}

func (a *API) deviceHistory(ctx context.Context, in *historyInput) (*output[list[Value]], error) {
	from, to := in.From.UTC(), in.To.UTC()
	if in.To.IsZero() {
		to = a.control.Now()
	}
	if in.From.IsZero() {
		from = to.Add(-24 * time.Hour)
	}
	values, err := a.control.History(ctx, actorOf(ctx), in.Device, in.Kind, in.Key, from, to, in.Limit)
	return answer(values, err, valueList)
}

func valueList(values []fleet.Value) list[Value] { return list[Value]{Items: each(values, valueOf)} }
