package client

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Execution is one update on one device.
type Execution struct {
	ID           int64           `json:"id"`
	Update       UpdateRef       `json:"update"`
	Device       DeviceRef       `json:"device"`
	State        string          `json:"state"`
	Final        bool            `json:"final"`            // nothing moves it any more
	Sending      string          `json:"sending"`          // how far its sending is
	Reason       string          `json:"reason,omitempty"` // why it waits or how it ended
	Attempt      int             `json:"attempt"`
	CreatedAt    time.Time       `json:"created_at"`
	ChangedAt    time.Time       `json:"changed_at"`
	SentAt       time.Time       `json:"sent_at,omitzero"`
	FinishedAt   time.Time       `json:"finished_at,omitzero"`
	Confirmation json.RawMessage `json:"confirmation,omitempty"` // where one is read
}

// UpdateRef names an update inside another object.
type UpdateRef struct {
	ID    int64  `json:"id"`
	Type  string `json:"type"`
	Title string `json:"title"`
}

// ExecutionFilter narrows a list of executions; a zero field asks for nothing.
type ExecutionFilter struct {
	Update int64
	Device int64
	States []string
}

// Executions lists executions, newest first.
func (c *Client) Executions(ctx context.Context, f ExecutionFilter) iter.Seq2[Execution, error] {
	q := url.Values{}
	if f.Update != 0 {
		q.Set("update", strconv.FormatInt(f.Update, 10))
	}
	if f.Device != 0 {
		q.Set("device", strconv.FormatInt(f.Device, 10))
	}
	set(q, "state", strings.Join(f.States, ","))
	return all[Execution](ctx, c, "/executions", q)
}

// Execution reads one execution with its confirmation.
func (c *Client) Execution(ctx context.Context, id int64) (Execution, error) {
	var e Execution
	err := c.get(ctx, path("executions", id, ""), nil, &e)
	return e, err
}

// CancelExecution takes back an execution that was not sent. One that was is
// a Conflict.
func (c *Client) CancelExecution(ctx context.Context, id int64) (Execution, error) {
	var e Execution
	err := c.post(ctx, path("executions", id, "/cancel"), nil, &e)
	return e, err
}

// ExecutionEvent is one line of an execution's story.
type ExecutionEvent struct {
	ID       int64     `json:"id"`
	Event    string    `json:"event"`
	State    string    `json:"state"` // after the event
	Detail   string    `json:"detail,omitempty"`
	Mismatch bool      `json:"mismatch,omitempty"` // contradicts the result
	At       time.Time `json:"at"`
	DeviceAt time.Time `json:"device_at,omitzero"` // as the device says
}

// ExecutionEvents is the story of an execution, oldest first.
func (c *Client) ExecutionEvents(ctx context.Context, id int64) iter.Seq2[ExecutionEvent, error] {
	return all[ExecutionEvent](ctx, c, path("executions", id, "/events"), nil)
}
