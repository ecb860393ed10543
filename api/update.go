package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Update is one command given by an operator.
type Update struct {
	ID        fleet.UpdateID      `json:"id"`
	UnitID    fleet.UnitID        `json:"unit_id"`
	Type      fleet.UpdateType    `json:"type"`
	Form      fleet.Form          `json:"form"`
	Title     string              `json:"title"`
	Release   ReleaseRef          `json:"release"`
	GroupID   fleet.GroupID       `json:"group_id,omitempty" doc:"Of a command given to a group"`
	Check     bool                `json:"check,omitempty" doc:"The devices say what it would change, and change nothing"`
	CheckID   fleet.UpdateID      `json:"check_id,omitempty" doc:"The check that it applies, on the devices where that succeeded"`
	Variables map[string]string   `json:"variables,omitempty" doc:"Given for those that the release declares"`
	Content   string              `json:"content,omitempty" doc:"What was typed: the script, in lists its beginning, or the first characters of the Magic Link"`
	Audience  *fleet.Audience     `json:"audience,omitempty" doc:"Left out in lists"`
	Retries   int                 `json:"retries"`
	ExpiresAt time.Time           `json:"expires_at,omitzero"`
	CreatedBy string              `json:"created_by"`
	CreatedAt time.Time           `json:"created_at"`
	Status    fleet.UpdateStatus  `json:"status" doc:"How far the sending is; what came of it is in counts"`
	StatusAt  time.Time           `json:"status_at,omitzero" doc:"When an execution was last given, sent or taken back"`
	Total     int                 `json:"total" doc:"Executions"`
	Sent      int                 `json:"sent" doc:"Executions that were handed to their device"`
	Active    int                 `json:"active" doc:"Executions that have not ended"`
	Counts    map[fleet.State]int `json:"counts" doc:"Executions by state"`
}

func updateOf(u fleet.Update) Update {
	out := updateInList(u)
	out.Audience, out.Content = &u.Audience, u.Content
	return out
}

func updateInList(u fleet.Update) Update {
	counts := map[fleet.State]int{}
	for state, n := range u.Counts.ByState {
		if n > 0 {
			counts[state] = n
		}
	}
	return Update{ID: u.ID, UnitID: u.UnitID, Type: u.Type, Form: u.Form, Title: u.Title,
		Release: releaseRefOf(u.ReleaseID, u.Release), GroupID: u.GroupID,
		Check: u.Check, CheckID: u.CheckID, Variables: u.Variables, Content: beginning(u.Content),
		Retries: u.Retries, ExpiresAt: u.ExpiresAt, CreatedBy: u.CreatedBy, CreatedAt: u.CreatedAt,
		Status: u.Status(), StatusAt: u.StatusAt, Total: u.Counts.Total(), Sent: u.Counts.Sent(), Active: u.Counts.Active(), Counts: counts}
}

// maxBeginning is how much of a script a list shows, in characters.
const maxBeginning = 100

func beginning(content string) string {
	if n := 0; len(content) > maxBeginning {
		for i := range content {
			if n++; n > maxBeginning {
				return content[:i] + "…"
			}
		}
	}
	return content
}

// Planned is what an update would mean for one device.
type Planned struct {
	Device DeviceRef   `json:"device"`
	State  fleet.State `json:"state"`
	Reason string      `json:"reason"`
}

func plannedOf(p control.Planned) Planned {
	return Planned{Device: refOf(p.Device), State: p.State, Reason: p.Reason}
}

type createUpdateInput struct {
	DryRun         bool   `query:"dry_run" doc:"Answer what would happen, device by device, and change nothing"`
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"100" doc:"A second request with the key answers with the update of the first, for a week; one that sends something else, or to others, is a conflict"`
	Body           struct {
		Type      fleet.UpdateType `json:"type" enum:"predefined,magic_link,jetporch,sup"`
		ReleaseID fleet.ReleaseID  `json:"release_id,omitempty" minimum:"1" doc:"Of types predefined and sup, and of jetporch in place of a script"`
		MagicLink string           `json:"magic_link,omitempty" maxLength:"200" doc:"The hash, of type magic_link"`
		Script    string           `json:"script,omitempty" maxLength:"262144" doc:"YAML, of type jetporch"`
		Audience  audienceInput    `json:"audience"`
		Title     string           `json:"title,omitempty" maxLength:"200" doc:"Default: name and version of the release"`
		Retries   int              `json:"retries,omitempty" minimum:"0" maximum:"10"`
		ExpiresAt time.Time        `json:"expires_at,omitzero" doc:"Default: never"`

		Check          bool              `json:"check,omitempty" doc:"Ask the devices what it would change, and change nothing; of a script or a release of format playbook"`
		Variables      map[string]string `json:"variables,omitempty" maxProperties:"32" doc:"For those that the release declares"`
		AcceptWarnings bool              `json:"accept_warnings,omitempty" doc:"Send a script although its check warns; without it a warning is the problem unconfirmed, in a dry run too"`
	}
}

// audienceInput says whom an update is for, by one of devices, group, unit
// and all.
type audienceInput struct {
	Devices  []string      `json:"devices,omitempty" nullable:"false" minItems:"1" maxItems:"10000" doc:"Device keys"`
	GroupID  fleet.GroupID `json:"group_id,omitempty" minimum:"1" doc:"The members of a group, as they are when the command is given"`
	UnitID   fleet.UnitID  `json:"unit_id,omitempty" minimum:"1" doc:"The devices of a unit and below it"`
	UnitOnly bool          `json:"unit_only,omitempty" doc:"With unit_id: not those below it"`
	All      bool          `json:"all,omitempty" doc:"Every device that one may update"`
}

// givenOrPlanned is the answer where an update is given: the update, or what it
// would be.
type givenOrPlanned struct {
	given   *Update
	planned *list[Planned]
}

// MarshalJSON writes the one that is there.
func (g givenOrPlanned) MarshalJSON() ([]byte, error) {
	if g.planned != nil {
		return json.Marshal(g.planned)
	}
	return json.Marshal(g.given)
}

// Schema implements huma.SchemaProvider.
func (givenOrPlanned) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{huma.SchemaFromType(r, reflect.TypeFor[Update]()), huma.SchemaFromType(r, reflect.TypeFor[list[Planned]]())}}
}

type createUpdateOutput struct {
	Status int
	Body   givenOrPlanned
}

func (a *API) createUpdate(ctx context.Context, in *createUpdateInput) (*createUpdateOutput, error) {
	n := control.NewUpdate{Type: in.Body.Type, Title: in.Body.Title, ReleaseID: in.Body.ReleaseID, MagicLink: in.Body.MagicLink,
		Script: in.Body.Script, Audience: fleet.Audience(in.Body.Audience), Retries: in.Body.Retries,
		ExpiresAt: in.Body.ExpiresAt.UTC().Truncate(time.Microsecond), IdempotencyKey: in.IdempotencyKey,
		Check: in.Body.Check, Variables: in.Body.Variables, AcceptWarnings: in.Body.AcceptWarnings}
	if in.DryRun {
		return answerPlanned(a.control.PlanUpdate(ctx, actorOf(ctx), n))
	}
	return answerGiven(a.control.CreateUpdate(ctx, actorOf(ctx), n))
}

func answerPlanned(planned []control.Planned, err error) (*createUpdateOutput, error) {
	if err != nil {
		return nil, err
	}
	return &createUpdateOutput{http.StatusOK, givenOrPlanned{planned: &list[Planned]{Items: each(planned, plannedOf)}}}, nil
}

func answerGiven(u fleet.Update, err error) (*createUpdateOutput, error) {
	if err != nil {
		return nil, err
	}
	given := updateOf(u)
	return &createUpdateOutput{http.StatusCreated, givenOrPlanned{given: &given}}, nil
}

type applyInput struct {
	UpdateInput
	DryRun         bool   `query:"dry_run" doc:"Answer what would happen, device by device, and change nothing"`
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"100" doc:"A second request with the key answers with the update of the first"`
}

func (a *API) applyCheck(ctx context.Context, in *applyInput) (*createUpdateOutput, error) {
	if in.DryRun {
		return answerPlanned(a.control.PlanApplyCheck(ctx, actorOf(ctx), in.Update))
	}
	return answerGiven(a.control.ApplyCheck(ctx, actorOf(ctx), in.Update, in.IdempotencyKey))
}

type updatesInput struct {
	Page
	Group   fleet.GroupID  `query:"group" minimum:"1" doc:"Given to this group"`
	Check   fleet.UpdateID `query:"check" minimum:"1" doc:"That apply this check"`
	Waiting bool           `query:"waiting" doc:"Only those with a command that waits to be sent"`
}

func (a *API) listUpdates(ctx context.Context, in *updatesInput) (*output[list[Update]], error) {
	return a.updates(ctx, control.UpdateFilter{GroupID: in.Group, CheckID: in.Check, Waiting: in.Waiting}, in.Page)
}

// updates is every list of updates.
func (a *API) updates(ctx context.Context, f control.UpdateFilter, p Page) (*output[list[Update]], error) {
	updates, err := a.control.Updates(ctx, actorOf(ctx), f, p.control())
	return answerList(updates, err, p, updateInList, func(u fleet.Update) int64 { return int64(u.ID) })
}

// UpdateInput names an update in the path.
type UpdateInput struct {
	Update fleet.UpdateID `path:"update" minimum:"1"`
}

func (a *API) showUpdate(ctx context.Context, in *UpdateInput) (*output[Update], error) {
	u, err := a.control.Update(ctx, actorOf(ctx), in.Update)
	return answer(u, err, updateOf)
}

// Cancelled says how many executions were taken back.
type Cancelled struct {
	Cancelled int `json:"cancelled"`
}

func (a *API) cancelUpdate(ctx context.Context, in *UpdateInput) (*output[Cancelled], error) {
	n, err := a.control.CancelUpdate(ctx, actorOf(ctx), in.Update)
	return answer(n, err, func(n int) Cancelled { return Cancelled{n} })
}

type updateExecutionsInput struct {
	UpdateInput
	Page
	States []fleet.State `query:"state" maxItems:"20" doc:"Any of these states, comma separated"`
}

func (a *API) updateExecutions(ctx context.Context, in *updateExecutionsInput) (*output[list[Execution]], error) {
	if _, err := a.control.Update(ctx, actorOf(ctx), in.Update); err != nil {
		return nil, err
	}
	return a.executions(ctx, control.ExecutionFilter{UpdateID: in.Update, States: in.States}, in.Page)
}
