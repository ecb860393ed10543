package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Group is named devices inside one unit.
type Group struct {
	ID            int64     `json:"id"`
	UnitID        int64     `json:"unit_id"`
	Name          string    `json:"name"`
	Description   string    `json:"description,omitempty"`
	Members       int       `json:"members"` // devices
	CreatedBy     string    `json:"created_by"`
	CreatedAt     time.Time `json:"created_at"`
	UpdateWaiting *bool     `json:"update_waiting,omitempty"` // where one is read
}

// GroupFilter narrows a list of groups; a zero field asks for nothing.
type GroupFilter struct {
	Text   string // part of the name
	Unit   int64  // of this unit
	Device int64  // that this device is a member of
}

// Groups lists groups, oldest first.
func (c *Client) Groups(ctx context.Context, f GroupFilter) iter.Seq2[Group, error] {
	q := url.Values{}
	set(q, "q", f.Text)
	setID(q, "unit", f.Unit)
	setID(q, "device", f.Device)
	return all[Group](ctx, c, "/groups", q)
}

// Group reads one group.
func (c *Client) Group(ctx context.Context, id int64) (Group, error) {
	var g Group
	err := c.get(ctx, path("groups", id, ""), nil, &g)
	return g, err
}

// CreateGroup makes an empty group in a unit.
func (c *Client) CreateGroup(ctx context.Context, unit int64, name, description string) (Group, error) {
	var g Group
	err := c.post(ctx, "/groups", map[string]any{"unit_id": unit, "name": name, "description": description}, &g)
	return g, err
}

// SetGroup gives a group another name and description.
func (c *Client) SetGroup(ctx context.Context, id int64, name, description string) (Group, error) {
	var g Group
	err := c.send(ctx, http.MethodPut, path("groups", id, ""), map[string]string{"name": name, "description": description}, &g)
	return g, err
}

// DeleteGroup deletes a group; its devices and their updates stay.
func (c *Client) DeleteGroup(ctx context.Context, id int64) error {
	return c.send(ctx, http.MethodDelete, path("groups", id, ""), nil, nil)
}

// AddMembers puts the devices of the keys, up to 10,000, into a group.
func (c *Client) AddMembers(ctx context.Context, id int64, keys []string) (Group, error) {
	var g Group
	err := c.post(ctx, path("groups", id, "/add"), map[string][]string{"devices": keys}, &g)
	return g, err
}

// RemoveMembers takes the devices of the keys, up to 10,000, out of a group.
func (c *Client) RemoveMembers(ctx context.Context, id int64, keys []string) (Group, error) {
	var g Group
	err := c.post(ctx, path("groups", id, "/remove"), map[string][]string{"devices": keys}, &g)
	return g, err
}

// GroupDevices are the members of a group, oldest first.
func (c *Client) GroupDevices(ctx context.Context, id int64) iter.Seq2[Device, error] {
	return all[Device](ctx, c, path("groups", id, "/devices"), nil)
}

// GroupUpdates are the updates that were given to a group, newest first.
func (c *Client) GroupUpdates(ctx context.Context, id int64) iter.Seq2[Update, error] {
	return all[Update](ctx, c, path("groups", id, "/updates"), nil)
}

// setID adds a query parameter that is not 0.
func setID(q url.Values, name string, id int64) {
	if id != 0 {
		q.Set(name, strconv.FormatInt(id, 10))
	}
}
