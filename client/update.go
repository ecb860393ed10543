package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// Update is one command given by an operator.
type Update struct {
	ID        int64          `json:"id"`
	UnitID    int64          `json:"unit_id"`
	Type      string         `json:"type"`
	Form      string         `json:"form"`
	Title     string         `json:"title"`
	Release   ReleaseRef     `json:"release"`
	Audience  *Audience      `json:"audience,omitempty"` // nil in lists
	Retries   int            `json:"retries"`
	ExpiresAt time.Time      `json:"expires_at,omitzero"` // zero: never
	CreatedBy string         `json:"created_by"`
	CreatedAt time.Time      `json:"created_at"`
	Status    string         `json:"status"` // how far the sending is
	Total     int            `json:"total"`  // executions
	Sent      int            `json:"sent"`   // of them handed to their device
	Active    int            `json:"active"` // of them not ended
	Counts    map[string]int `json:"counts"` // of them by state
}

// Audience says whom an update is for.
type Audience struct {
	Devices []string `json:"devices,omitempty"` // keys
}

// NewUpdate is the command that an operator gives.
type NewUpdate struct {
	Type      string    `json:"type"` // sup
	ReleaseID int64     `json:"release_id"`
	Audience  Audience  `json:"audience"`
	Title     string    `json:"title,omitempty"`
	Retries   int       `json:"retries,omitempty"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`

	// IdempotencyKey makes a second request with it answer with the update
	// of the first.
	IdempotencyKey string `json:"-"`
}

// Planned is what an update would mean for one device.
type Planned struct {
	Device DeviceRef `json:"device"`
	State  string    `json:"state"`
	Reason string    `json:"reason"`
}

// CreateUpdate gives the command.
func (c *Client) CreateUpdate(ctx context.Context, n NewUpdate) (Update, error) {
	var u Update
	r := request{method: http.MethodPost, path: "/updates", header: http.Header{}}
	if n.IdempotencyKey != "" {
		r.header.Set("Idempotency-Key", n.IdempotencyKey)
	}
	if err := r.json(n); err != nil {
		return u, err
	}
	err := c.do(ctx, r, &u)
	return u, err
}

// PlanUpdate says what CreateUpdate would do, device by device, and changes
// nothing.
func (c *Client) PlanUpdate(ctx context.Context, n NewUpdate) ([]Planned, error) {
	r := request{method: http.MethodPost, path: "/updates", query: url.Values{"dry_run": {"true"}}}
	if err := r.json(n); err != nil {
		return nil, err
	}
	var p page[Planned]
	err := c.do(ctx, r, &p)
	return p.Items, err
}

// Updates lists updates, newest first.
func (c *Client) Updates(ctx context.Context) iter.Seq2[Update, error] {
	return all[Update](ctx, c, "/updates", nil)
}

// Update reads one update.
func (c *Client) Update(ctx context.Context, id int64) (Update, error) {
	var u Update
	err := c.get(ctx, path("updates", id, ""), nil, &u)
	return u, err
}

// CancelUpdate takes back what was not sent, and says how many executions
// that were.
func (c *Client) CancelUpdate(ctx context.Context, id int64) (int, error) {
	var out struct {
		Cancelled int `json:"cancelled"`
	}
	err := c.post(ctx, path("updates", id, "/cancel"), nil, &out)
	return out.Cancelled, err
}
