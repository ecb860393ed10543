package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// Value is one published value at one moment.
type Value struct {
	Kind   string    `json:"kind"` // property, attribute, alarm, location
	Key    string    `json:"key"`
	Number float64   `json:"number"`
	Text   string    `json:"text,omitempty"`
	At     time.Time `json:"at"`
	Since  time.Time `json:"since,omitzero"`
}

// Values are what a device last published of a kind, by key.
func (c *Client) Values(ctx context.Context, id int64, kind string) iter.Seq2[Value, error] {
	return all[Value](ctx, c, path("devices", id, "/values"), url.Values{"kind": {kind}})
}

// History is what a device published under a key between two moments, oldest
// first, at most the newest thousand. A zero to is now, a zero from a day
// before.
func (c *Client) History(ctx context.Context, id int64, kind, key string, from, to time.Time) ([]Value, error) {
	q := url.Values{"kind": {kind}, "key": {key}}
	if !from.IsZero() {
		q.Set("from", from.UTC().Format(time.RFC3339Nano))
	}
	if !to.IsZero() {
		q.Set("to", to.UTC().Format(time.RFC3339Nano))
	}
	var p page[Value]
	err := c.get(ctx, path("devices", id, "/history"), q, &p)
	return p.Items, err
}
