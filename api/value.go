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

type valuesInput struct {
	ValuesInput
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"Items at the most"`
	After string `query:"after" maxLength:"128" doc:"The next of the page before"`
}

// values is one page of values; they are ordered by key.
type values struct {
	Items []Value `json:"items" nullable:"false"`
	Next  string  `json:"next,omitempty" doc:"Give it as after for the following page; left out on the last"`
}

func (a *API) deviceValues(ctx context.Context, in *valuesInput) (*output[values], error) {
	found, err := a.control.ValuesAfter(ctx, actorOf(ctx), in.Device, in.Kind, in.After, in.Limit)
	return answer(found, err, func(found []fleet.Value) values {
		out := values{Items: each(found, valueOf)}
		if n := len(found); n == in.Limit {
			out.Next = found[n-1].Key
		}
		return out
	})
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
