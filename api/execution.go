package api

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Execution is one update on one device.
type Execution struct {
	ID           fleet.ExecutionID  `json:"id"`
	Update       UpdateRef          `json:"update"`
	Device       DeviceRef          `json:"device"`
	State        fleet.State        `json:"state"`
	Final        bool               `json:"final" doc:"Nothing moves it any more"`
	Sending      fleet.UpdateStatus `json:"sending" doc:"How far its sending is; what came of it is in state"`
	Reason       string             `json:"reason,omitempty" doc:"Why it waits or how it ended"`
	Attempt      int                `json:"attempt"`
	CreatedAt    time.Time          `json:"created_at"`
	ChangedAt    time.Time          `json:"changed_at"`
	SentAt       time.Time          `json:"sent_at,omitzero"`
	FinishedAt   time.Time          `json:"finished_at,omitzero"`
	Confirmation json.RawMessage    `json:"confirmation,omitempty" doc:"What the package installer wrote; only where one execution is shown"`
}

// UpdateRef names an update inside another object.
type UpdateRef struct {
	ID    fleet.UpdateID   `json:"id"`
	Type  fleet.UpdateType `json:"type"`
	Title string           `json:"title"`
}

func executionOf(e fleet.Execution) Execution {
	return Execution{ID: e.ID, Update: UpdateRef{ID: e.UpdateID, Type: e.Update.Type, Title: e.Update.Title}, Device: refOf(e.Device),
		State: e.State, Sending: e.Sending(), Final: e.State.Final(), Reason: e.Reason, Attempt: e.Attempt, CreatedAt: e.CreatedAt, ChangedAt: e.ChangedAt,
		SentAt: e.SentAt, FinishedAt: e.FinishedAt, Confirmation: e.Confirmation}
}

type executionsInput struct {
	Page
	Update fleet.UpdateID `query:"update" minimum:"1"`
	Device fleet.DeviceID `query:"device" minimum:"1"`
	States []fleet.State  `query:"state" maxItems:"20" doc:"Any of these states, comma separated"`
}

func (a *API) listExecutions(ctx context.Context, in *executionsInput) (*output[list[Execution]], error) {
	return a.executions(ctx, control.ExecutionFilter{UpdateID: in.Update, DeviceID: in.Device, States: in.States}, in.Page)
}

// executions is every list of executions.
func (a *API) executions(ctx context.Context, f control.ExecutionFilter, p Page) (*output[list[Execution]], error) {
	for _, s := range f.States {
		if !slices.Contains(fleet.States(), s) {
			return nil, fleet.Errorf(fleet.Invalid, "cannot list executions: there is no state %q", s)
		}
	}
	found, err := a.control.Executions(ctx, actorOf(ctx), f, p.control())
	return answerList(found, err, p, executionOf, func(e fleet.Execution) int64 { return int64(e.ID) })
}

// ExecutionInput names an execution in the path.
type ExecutionInput struct {
	Execution fleet.ExecutionID `path:"execution" minimum:"1"`
}

func (a *API) showExecution(ctx context.Context, in *ExecutionInput) (*output[Execution], error) {
	e, err := a.control.Execution(ctx, actorOf(ctx), in.Execution)
	return answer(e, err, executionOf)
}

func (a *API) cancelExecution(ctx context.Context, in *ExecutionInput) (*output[Execution], error) {
	if err := a.control.CancelExecution(ctx, actorOf(ctx), in.Execution); err != nil {
		return nil, err
	}
	return a.showExecution(ctx, in)
}

// ExecutionEvent is one line of an execution's story.
type ExecutionEvent struct {
	ID       int64       `json:"id"`
	Event    fleet.Event `json:"event"`
	State    fleet.State `json:"state" doc:"After the event"`
	Detail   string      `json:"detail,omitempty"`
	Mismatch bool        `json:"mismatch,omitempty" doc:"It contradicts the final state, which it did not move"`
	At       time.Time   `json:"at"`
	DeviceAt time.Time   `json:"device_at,omitzero" doc:"When the device says that it happened"`
}

func executionEventOf(e fleet.ExecutionEvent) ExecutionEvent {
	return ExecutionEvent{ID: e.ID, Event: e.Event, State: e.State, Detail: e.Detail, Mismatch: e.Mismatch, At: e.At, DeviceAt: e.DeviceAt}
}

type executionEventsInput struct {
	ExecutionInput
	Page
}

func (a *API) executionEvents(ctx context.Context, in *executionEventsInput) (*output[list[ExecutionEvent]], error) {
	events, err := a.control.ExecutionEvents(ctx, actorOf(ctx), in.Execution, in.control(), false)
	return answerList(events, err, in.Page, executionEventOf, func(e fleet.ExecutionEvent) int64 { return e.ID })
}
