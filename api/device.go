package api

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Device is a managed machine.
type Device struct {
	ID               fleet.DeviceID    `json:"id"`
	Key              string            `json:"key"`
	Name             string            `json:"name"`
	Kind             fleet.DeviceKind  `json:"kind"`
	UnitID           fleet.UnitID      `json:"unit_id"`
	State            fleet.DeviceState `json:"state"`
	Link             fleet.Link        `json:"link,omitempty"`
	Presence         fleet.Presence    `json:"presence"`
	Connected        bool              `json:"connected"`
	Model            string            `json:"model,omitempty"`
	OS               string            `json:"os,omitempty"`
	Architecture     string            `json:"architecture,omitempty"`
	Version          string            `json:"version,omitempty"`
	CreatedAt        time.Time         `json:"created_at"`
	LastSeenAt       time.Time         `json:"last_seen_at,omitzero"`
	PollEverySeconds int               `json:"poll_every_seconds"`
}

func (a *API) deviceOf(d fleet.Device) Device {
	return Device{ID: d.ID, Key: d.Key, Name: d.Name, Kind: d.Kind, UnitID: d.UnitID, State: d.State, Link: d.Link,
		Presence: d.Presence(a.control.Now()), Connected: d.Connected, Model: d.Model, OS: d.OS, Architecture: d.Architecture,
		Version: d.Version, CreatedAt: d.CreatedAt, LastSeenAt: d.LastSeenAt, PollEverySeconds: int(d.PollEvery / time.Second)}
}

// DeviceRef names a device inside another object.
type DeviceRef struct {
	ID   fleet.DeviceID `json:"id"`
	Key  string         `json:"key"`
	Name string         `json:"name"`
}

func refOf(d fleet.Device) DeviceRef { return DeviceRef{ID: d.ID, Key: d.Key, Name: d.Name} }

type devicesInput struct {
	Page
	Text  string            `query:"q" maxLength:"200" doc:"Part of key, name or model"`
	Key   string            `query:"key" maxLength:"200" doc:"The one device of this key"`
	State fleet.DeviceState `query:"state" enum:"pending,accepted,rejected"`
	Kind  fleet.DeviceKind  `query:"kind" enum:"gateway,thin_client"`
}

func (a *API) listDevices(ctx context.Context, in *devicesInput) (*output[list[Device]], error) {
	id := func(d fleet.Device) int64 { return int64(d.ID) }
	if in.Key != "" {
		found, err := a.deviceByKey(ctx, in)
		return answerList(found, err, Page{}, a.deviceOf, id)
	}
	devices, err := a.control.Devices(ctx, actorOf(ctx), control.DeviceFilter{Text: in.Text, State: in.State, Kind: in.Kind}, in.control())
	return answerList(devices, err, in.Page, a.deviceOf, id)
}

// deviceByKey is a list of the one device that the filters leave, or of none.
func (a *API) deviceByKey(ctx context.Context, in *devicesInput) ([]fleet.Device, error) {
	if in.Text != "" || in.After != 0 {
		return nil, fleet.Errorf(fleet.Invalid, "cannot list devices: key names one device, leave q and after out")
	}
	d, err := a.control.DeviceByKey(ctx, actorOf(ctx), in.Key)
	switch {
	case fleet.CodeOf(err) == fleet.NotFound:
		return nil, nil
	case err != nil:
		return nil, err
	case in.State != "" && in.State != d.State || in.Kind != "" && in.Kind != d.Kind:
		return nil, nil
	}
	return []fleet.Device{d}, nil
}

type DeviceInput struct {
	Device fleet.DeviceID `path:"device" minimum:"1"`
}

func (a *API) showDevice(ctx context.Context, in *DeviceInput) (*output[Device], error) {
	d, err := a.control.Device(ctx, actorOf(ctx), in.Device)
	return answer(d, err, a.deviceOf)
}

func (a *API) acceptDevice(ctx context.Context, in *DeviceInput) (*output[Device], error) {
	d, err := a.control.SetDeviceState(ctx, actorOf(ctx), in.Device, fleet.DeviceAccepted)
	return answer(d, err, a.deviceOf)
}

func (a *API) rejectDevice(ctx context.Context, in *DeviceInput) (*output[Device], error) {
	d, err := a.control.SetDeviceState(ctx, actorOf(ctx), in.Device, fleet.DeviceRejected)
	return answer(d, err, a.deviceOf)
}

type devicePageInput struct {
	DeviceInput
	Page
}

func (a *API) deviceExecutions(ctx context.Context, in *devicePageInput) (*output[list[Execution]], error) {
	if _, err := a.control.Device(ctx, actorOf(ctx), in.Device); err != nil {
		return nil, err
	}
	return a.executions(ctx, control.ExecutionFilter{DeviceID: in.Device}, in.Page)
}

func (a *API) deviceFiles(ctx context.Context, in *devicePageInput) (*output[list[File]], error) {
	files, err := a.control.Files(ctx, actorOf(ctx), in.Device, in.control())
	return answerList(files, err, in.Page, fileOf, func(f fleet.File) int64 { return int64(f.ID) })
}

// Message is a command on its way to a device.
type Message struct {
	ID        string    `json:"id"`
	Command   string    `json:"command"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

func (a *API) askDiagnostic(ctx context.Context, in *DeviceInput) (*output[Message], error) {
	m, err := a.control.AskDiagnostic(ctx, actorOf(ctx), in.Device)
	return answer(m, err, func(m fleet.Message) Message {
		return Message{ID: m.ID, Command: m.Command, CreatedAt: m.CreatedAt, ExpiresAt: m.ExpiresAt}
	})
}
