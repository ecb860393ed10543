package client

import (
	"context"
	"iter"
	"net/http"
)

// Unit is a node of the organisation tree.
type Unit struct {
	ID       int64  `json:"id"`
	ParentID int64  `json:"parent_id,omitempty"` // 0 at the root
	Kind     string `json:"kind"`                // service, channel, customer, ou
	Name     string `json:"name"`
}

// Units lists units, parents before children.
func (c *Client) Units(ctx context.Context) iter.Seq2[Unit, error] {
	return all[Unit](ctx, c, "/units", nil)
}

// Unit reads one unit.
func (c *Client) Unit(ctx context.Context, id int64) (Unit, error) {
	var u Unit
	err := c.get(ctx, path("units", id, ""), nil, &u)
	return u, err
}

// CreateUnit makes a unit below another: a channel, a customer or an ou.
func (c *Client) CreateUnit(ctx context.Context, parent int64, kind, name string) (Unit, error) {
	var u Unit
	err := c.post(ctx, "/units", map[string]any{"parent_id": parent, "kind": kind, "name": name}, &u)
	return u, err
}

// RenameUnit gives a unit another name.
func (c *Client) RenameUnit(ctx context.Context, id int64, name string) (Unit, error) {
	var u Unit
	err := c.send(ctx, http.MethodPatch, path("units", id, ""), map[string]string{"name": name}, &u)
	return u, err
}
