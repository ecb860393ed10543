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
	ID        int64             `json:"id"`
	UnitID    int64             `json:"unit_id"`
	Type      string            `json:"type"`
	Form      string            `json:"form"`
	Title     string            `json:"title"`
	Release   ReleaseRef        `json:"release"`
	GroupID   int64             `json:"group_id,omitempty"`  // of a command given to a group
	Check     bool              `json:"check,omitempty"`     // the devices say what it would change, and change nothing
	CheckID   int64             `json:"check_id,omitempty"`  // the check that it applies
	Variables map[string]string `json:"variables,omitempty"` // given for those that the release declares
	Content   string            `json:"content,omitempty"`   // what was typed, in lists its beginning
	Audience  *Audience         `json:"audience,omitempty"`  // nil in lists
	Retries   int               `json:"retries"`
	ExpiresAt time.Time         `json:"expires_at,omitzero"` // zero: never
	CreatedBy string            `json:"created_by"`
	CreatedAt time.Time         `json:"created_at"`
	Status    string            `json:"status"` // how far the sending is
	StatusAt  time.Time         `json:"status_at,omitzero"`
	Total     int               `json:"total"`  // executions
	Sent      int               `json:"sent"`   // of them handed to their device
	Active    int               `json:"active"` // of them not ended
	Counts    map[string]int    `json:"counts"` // of them by state
}

// Audience says whom an update is for, by one of its fields.
type Audience struct {
	Devices  []string `json:"devices,omitempty"`   // keys
	GroupID  int64    `json:"group_id,omitempty"`  // the members of a group
	UnitID   int64    `json:"unit_id,omitempty"`   // the devices of a unit and below it
	UnitOnly bool     `json:"unit_only,omitempty"` // with UnitID: not those below it
	All      bool     `json:"all,omitempty"`       // every device that one may update
}

// NewUpdate is the command that an operator gives.
type NewUpdate struct {
	Type      string    `json:"type"`                 // predefined, magic_link, jetporch, sup
	ReleaseID int64     `json:"release_id,omitempty"` // of types predefined and sup, and of jetporch in place of a script
	MagicLink string    `json:"magic_link,omitempty"` // the hash, of type magic_link
	Script    string    `json:"script,omitempty"`     // YAML, of type jetporch
	Audience  Audience  `json:"audience"`
	Title     string    `json:"title,omitempty"`
	Retries   int       `json:"retries,omitempty"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`

	Check          bool              `json:"check,omitempty"` // ask what it would change, and change nothing
	Variables      map[string]string `json:"variables,omitempty"`
	AcceptWarnings bool              `json:"accept_warnings,omitempty"` // send a script although its check warns

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

// once is a request that is answered alike when it comes again with the key;
// "" is no key.
func once(path, key string) request {
	r := request{method: http.MethodPost, path: path, header: http.Header{}}
	if key != "" {
		r.header.Set("Idempotency-Key", key)
	}
	return r
}

// CreateUpdate gives the command.
func (c *Client) CreateUpdate(ctx context.Context, n NewUpdate) (Update, error) {
	var u Update
	r := once("/updates", n.IdempotencyKey)
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

// ApplyCheck applies exactly what a check has shown, on the devices where it
// succeeded. key is as NewUpdate.IdempotencyKey.
func (c *Client) ApplyCheck(ctx context.Context, check int64, key string) (Update, error) {
	var u Update
	err := c.do(ctx, once(path("updates", check, "/apply"), key), &u)
	return u, err
}

// PlanApplyCheck says what ApplyCheck would do, device by device, and changes
// nothing.
func (c *Client) PlanApplyCheck(ctx context.Context, check int64) ([]Planned, error) {
	var p page[Planned]
	err := c.do(ctx, request{method: http.MethodPost, path: path("updates", check, "/apply"), query: url.Values{"dry_run": {"true"}}}, &p)
	return p.Items, err
}

// UpdateFilter narrows a list of updates; a zero field asks for nothing.
type UpdateFilter struct {
	Group   int64
	Check   int64 // those that apply this check
	Waiting bool  // only those with a command that waits to be sent
}

// Updates lists updates, newest first.
func (c *Client) Updates(ctx context.Context, f UpdateFilter) iter.Seq2[Update, error] {
	q := url.Values{}
	setID(q, "group", f.Group)
	setID(q, "check", f.Check)
	if f.Waiting {
		q.Set("waiting", "true")
	}
	return all[Update](ctx, c, "/updates", q)
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
