package client

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// Device is a managed machine.
type Device struct {
	ID               int64     `json:"id"`
	Key              string    `json:"key"`
	Name             string    `json:"name"`
	Kind             string    `json:"kind"`
	UnitID           int64     `json:"unit_id"`
	State            string    `json:"state"` // pending, accepted, rejected
	Link             string    `json:"link,omitempty"`
	Presence         string    `json:"presence"` // operational, late, unreachable, unknown
	Connected        bool      `json:"connected"`
	Model            string    `json:"model,omitempty"`
	OS               string    `json:"os,omitempty"`
	Architecture     string    `json:"architecture,omitempty"`
	Version          string    `json:"version,omitempty"`
	CreatedAt        time.Time `json:"created_at"`
	LastSeenAt       time.Time `json:"last_seen_at,omitzero"` // zero before the first contact
	PollEverySeconds int       `json:"poll_every_seconds"`
	JetPorch         bool      `json:"jetporch"`                 // it says that it can run JetPorch scripts
	JetPorchCheck    bool      `json:"jetporch_check"`           // it says that it can run them in check mode
	UpdateWaiting    *bool     `json:"update_waiting,omitempty"` // where one is read
}

// DeviceRef names a device inside another object.
type DeviceRef struct {
	ID   int64  `json:"id"`
	Key  string `json:"key"`
	Name string `json:"name"`
}

// DeviceFilter narrows a list of devices; a zero field asks for nothing.
type DeviceFilter struct {
	Text  string // part of key, name or model
	Key   string // exactly; goes with State and Kind only
	State string
	Kind  string

	Unit     int64 // in this unit or below it
	UnitOnly bool  // not below it
	Group    int64 // members of this group
	Version  string
	Link     string
}

func (f DeviceFilter) query() url.Values {
	q := url.Values{}
	set(q, "q", f.Text)
	set(q, "key", f.Key)
	set(q, "state", f.State)
	set(q, "kind", f.Kind)
	setID(q, "unit", f.Unit)
	if f.UnitOnly {
		q.Set("unit_only", "true")
	}
	setID(q, "group", f.Group)
	set(q, "version", f.Version)
	set(q, "link", f.Link)
	return q
}

// Devices lists devices, oldest first.
func (c *Client) Devices(ctx context.Context, f DeviceFilter) iter.Seq2[Device, error] {
	return all[Device](ctx, c, "/devices", f.query())
}

// Device reads one device.
func (c *Client) Device(ctx context.Context, id int64) (Device, error) {
	var d Device
	err := c.get(ctx, path("devices", id, ""), nil, &d)
	return d, err
}

// DeviceByKey reads one device by its name on the wire.
func (c *Client) DeviceByKey(ctx context.Context, key string) (Device, error) {
	if key != "" {
		for d, err := range c.Devices(ctx, DeviceFilter{Key: key}) {
			return d, err
		}
	}
	return Device{}, &Error{Code: NotFound, Status: 404, Detail: fmt.Sprintf("there is no device %q", key)}
}

// AcceptDevice lets a device in.
func (c *Client) AcceptDevice(ctx context.Context, id int64) (Device, error) {
	var d Device
	err := c.post(ctx, path("devices", id, "/accept"), nil, &d)
	return d, err
}

// RejectDevice refuses a device at the door.
func (c *Client) RejectDevice(ctx context.Context, id int64) (Device, error) {
	var d Device
	err := c.post(ctx, path("devices", id, "/reject"), nil, &d)
	return d, err
}

// RemoveDevice takes a device out of service: it is rejected, loses its token,
// and what waits for it is refused. Its past stays.
func (c *Client) RemoveDevice(ctx context.Context, id int64) error {
	return c.send(ctx, http.MethodDelete, path("devices", id, ""), nil, nil)
}

// PlaceDevice puts a device into a unit and names it; unit 0 and an empty name
// leave what is.
func (c *Client) PlaceDevice(ctx context.Context, id, unit int64, name string) (Device, error) {
	in := map[string]any{}
	if unit != 0 {
		in["unit_id"] = unit
	}
	if name != "" {
		in["name"] = name
	}
	var d Device
	err := c.send(ctx, http.MethodPatch, path("devices", id, ""), in, &d)
	return d, err
}

// LastUpdate is a line of a device's table of updates.
type LastUpdate struct {
	UpdateID    int64     `json:"update_id"`
	ExecutionID int64     `json:"execution_id"`
	CreatedAt   time.Time `json:"created_at"`
	CreatedBy   string    `json:"created_by"`
	Type        string    `json:"type"`
	Title       string    `json:"title"`
	Content     string    `json:"content,omitempty"` // the beginning of what was typed
	Status      string    `json:"status"`            // how far its sending is
	Outcome     string    `json:"outcome"`
	Reason      string    `json:"reason,omitempty"`
	StatusAt    time.Time `json:"status_at"`
	Cancellable bool      `json:"cancellable"` // it was not sent
}

// DeviceUpdates are the last updates of a device, newest first.
func (c *Client) DeviceUpdates(ctx context.Context, id int64) iter.Seq2[LastUpdate, error] {
	return all[LastUpdate](ctx, c, path("devices", id, "/updates"), nil)
}

// Message is a command on its way to a device.
type Message struct {
	ID        string    `json:"id"`
	Command   string    `json:"command"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// AskDiagnostic asks a device for its diagnostic archive, which it will
// upload to its files.
func (c *Client) AskDiagnostic(ctx context.Context, id int64) (Message, error) {
	var m Message
	err := c.post(ctx, path("devices", id, "/diagnostic"), nil, &m)
	return m, err
}

// LogEntry is a line of a device's log.
type LogEntry struct {
	ID    int64     `json:"id"`
	At    time.Time `json:"at"`
	Level string    `json:"level"` // error, warning, info
	Text  string    `json:"text"`
}

// DeviceLog is the log of a device, newest first.
func (c *Client) DeviceLog(ctx context.Context, id int64) iter.Seq2[LogEntry, error] {
	return all[LogEntry](ctx, c, path("devices", id, "/log"), nil)
}

// DeviceFiles are the files that a device uploaded, newest first.
func (c *Client) DeviceFiles(ctx context.Context, id int64) iter.Seq2[File, error] {
	return all[File](ctx, c, path("devices", id, "/files"), nil)
}
