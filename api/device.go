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
	JetPorch         bool              `json:"jetporch" doc:"It says that it can run JetPorch scripts"`
	JetPorchCheck    bool              `json:"jetporch_check" doc:"It says that it can run them in check mode, which changes nothing"`
	UpdateWaiting    *bool             `json:"update_waiting,omitempty" doc:"A command waits to be sent to it; only where one device is shown"`
}

func (a *API) deviceOf(d fleet.Device) Device {
	return Device{ID: d.ID, Key: d.Key, Name: d.Name, Kind: d.Kind, UnitID: d.UnitID, State: d.State, Link: d.Link,
		Presence: d.Presence(a.control.Now()), Connected: d.Connected, Model: d.Model, OS: d.OS, Architecture: d.Architecture,
		Version: d.Version, CreatedAt: d.CreatedAt, LastSeenAt: d.LastSeenAt, PollEverySeconds: int(d.PollEvery / time.Second),
		JetPorch: d.JetPorch, JetPorchCheck: d.JetPorchCheck}
}

// DeviceRef names a device inside another object.
type DeviceRef struct {
	ID   fleet.DeviceID `json:"id"`
	Key  string         `json:"key"`
	Name string         `json:"name"`
}

func refOf(d fleet.Device) DeviceRef { return DeviceRef{ID: d.ID, Key: d.Key, Name: d.Name} }

// DeviceFilter are the query parameters that narrow a list of devices.
type DeviceFilter struct {
	Text     string            `query:"q" maxLength:"200" doc:"Part of key, name or model"`
	State    fleet.DeviceState `query:"state" enum:"pending,accepted,rejected"`
	Kind     fleet.DeviceKind  `query:"kind" enum:"gateway,thin_client"`
	Unit     fleet.UnitID      `query:"unit" minimum:"1" doc:"In this unit or below it"`
	UnitOnly bool              `query:"unit_only" doc:"With unit: not below it"`
	Group    fleet.GroupID     `query:"group" minimum:"1" doc:"Members of this group"`
	Version  string            `query:"version" maxLength:"200" doc:"Exactly this version"`
	Link     fleet.Link        `query:"link" enum:"tr50,ddi,mender"`
}

func (f DeviceFilter) control() control.DeviceFilter {
	return control.DeviceFilter{Text: f.Text, State: f.State, Kind: f.Kind, UnitID: f.Unit, UnitOnly: f.UnitOnly, GroupID: f.Group,
		Version: f.Version, Link: f.Link}
}

type devicesInput struct {
	Page
	DeviceFilter
	Key string `query:"key" maxLength:"200" doc:"The one device of this key; goes with state and kind only"`
}

func (a *API) listDevices(ctx context.Context, in *devicesInput) (*output[list[Device]], error) {
	id := func(d fleet.Device) int64 { return int64(d.ID) }
	if in.Key != "" {
		found, err := a.deviceByKey(ctx, in)
		return answerList(found, err, Page{}, a.deviceOf, id)
	}
	devices, err := a.control.Devices(ctx, actorOf(ctx), in.DeviceFilter.control(), in.Page.control())
	return answerList(devices, err, in.Page, a.deviceOf, id)
}

// deviceByKey is a list of the one device, or of none.
func (a *API) deviceByKey(ctx context.Context, in *devicesInput) ([]fleet.Device, error) {
	f := in.DeviceFilter
	f.State, f.Kind = "", ""
	if f != (DeviceFilter{}) || in.After != 0 {
		return nil, fleet.Errorf(fleet.Invalid, "cannot list devices: key names one device, and goes with state and kind only")
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

// DeviceInput names a device in the path.
type DeviceInput struct {
	Device fleet.DeviceID `path:"device" minimum:"1"`
}

func (a *API) showDevice(ctx context.Context, in *DeviceInput) (*output[Device], error) {
	d, err := a.control.Device(ctx, actorOf(ctx), in.Device)
	if err != nil {
		return nil, err
	}
	waiting, err := a.control.DeviceWaiting(ctx, actorOf(ctx), in.Device)
	return answer(d, err, func(d fleet.Device) Device {
		out := a.deviceOf(d)
		out.UpdateWaiting = &waiting
		return out
	})
}

type placeDeviceInput struct {
	DeviceInput
	Body struct {
		UnitID fleet.UnitID `json:"unit_id,omitempty" minimum:"1" doc:"Default: where it is"`
		Name   string       `json:"name,omitempty" maxLength:"200" doc:"Default: as it is"`
	}
}

func (a *API) placeDevice(ctx context.Context, in *placeDeviceInput) (*output[Device], error) {
	d, err := a.control.PlaceDevice(ctx, actorOf(ctx), in.Device, in.Body.UnitID, in.Body.Name)
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

func (a *API) decommissionDevice(ctx context.Context, in *DeviceInput) (*empty, error) {
	if err := a.control.Decommission(ctx, actorOf(ctx), in.Device); err != nil {
		return nil, err
	}
	return noContent, nil
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

// LastUpdate is a line of a device's table of updates: what was given, how far
// its sending is, and what came of it.
type LastUpdate struct {
	UpdateID    fleet.UpdateID     `json:"update_id"`
	ExecutionID fleet.ExecutionID  `json:"execution_id" doc:"Cancel it by this"`
	CreatedAt   time.Time          `json:"created_at"`
	CreatedBy   string             `json:"created_by"`
	Type        fleet.UpdateType   `json:"type"`
	Title       string             `json:"title"`
	Content     string             `json:"content,omitempty" doc:"The beginning of what was typed"`
	Status      fleet.UpdateStatus `json:"status" doc:"How far its sending is"`
	Outcome     fleet.State        `json:"outcome"`
	Reason      string             `json:"reason,omitempty" doc:"Why it waits or how it ended"`
	StatusAt    time.Time          `json:"status_at"`
	Cancellable bool               `json:"cancellable" doc:"It was not sent"`
}

func lastUpdateOf(e fleet.Execution) LastUpdate {
	return LastUpdate{UpdateID: e.UpdateID, ExecutionID: e.ID, CreatedAt: e.Update.CreatedAt, CreatedBy: e.Update.CreatedBy,
		Type: e.Update.Type, Title: e.Update.Title, Content: beginning(e.Update.Content), Status: e.Sending(), Outcome: e.State,
		Reason: e.Reason, StatusAt: e.ChangedAt, Cancellable: e.State.Cancellable()}
}

func (a *API) deviceUpdates(ctx context.Context, in *devicePageInput) (*output[list[LastUpdate]], error) {
	if _, err := a.control.Device(ctx, actorOf(ctx), in.Device); err != nil {
		return nil, err
	}
	executions, err := a.control.Executions(ctx, actorOf(ctx), control.ExecutionFilter{DeviceID: in.Device}, in.control())
	return answerList(executions, err, in.Page, lastUpdateOf, func(e fleet.Execution) int64 { return int64(e.ID) })
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
