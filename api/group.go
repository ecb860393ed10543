package api

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Group is named devices inside one unit.
type Group struct {
	ID            fleet.GroupID `json:"id"`
	UnitID        fleet.UnitID  `json:"unit_id"`
	Name          string        `json:"name"`
	Description   string        `json:"description,omitempty"`
	Members       int           `json:"members" doc:"Devices"`
	CreatedBy     string        `json:"created_by"`
	CreatedAt     time.Time     `json:"created_at"`
	UpdateWaiting *bool         `json:"update_waiting,omitempty" doc:"A command to the group waits to be sent to one of its devices; only where one group is shown"`
}

func groupOf(g fleet.Group) Group {
	return Group{ID: g.ID, UnitID: g.UnitID, Name: g.Name, Description: g.Description, Members: g.Members,
		CreatedBy: g.CreatedBy, CreatedAt: g.CreatedAt}
}

type groupsInput struct {
	Page
	Text   string         `query:"q" maxLength:"200" doc:"Part of the name"`
	Unit   fleet.UnitID   `query:"unit" minimum:"1" doc:"Of this unit"`
	Device fleet.DeviceID `query:"device" minimum:"1" doc:"That this device is a member of"`
}

func (a *API) listGroups(ctx context.Context, in *groupsInput) (*output[list[Group]], error) {
	groups, err := a.control.Groups(ctx, actorOf(ctx), control.GroupFilter{Text: in.Text, UnitID: in.Unit, DeviceID: in.Device}, in.control())
	return answerList(groups, err, in.Page, groupOf, func(g fleet.Group) int64 { return int64(g.ID) })
}

// GroupInput names a group in the path.
type GroupInput struct {
	Group fleet.GroupID `path:"group" minimum:"1"`
}

func (a *API) showGroup(ctx context.Context, in *GroupInput) (*output[Group], error) {
	g, err := a.control.Group(ctx, actorOf(ctx), in.Group)
	if err != nil {
		return nil, err
	}
	waiting, err := a.control.GroupWaiting(ctx, actorOf(ctx), in.Group)
	return answer(g, err, func(g fleet.Group) Group {
		out := groupOf(g)
		out.UpdateWaiting = &waiting
		return out
	})
}

type createGroupInput struct {
	Body struct {
		UnitID      fleet.UnitID `json:"unit_id" minimum:"1"`
		Name        string       `json:"name" minLength:"1" maxLength:"100"`
		Description string       `json:"description,omitempty" maxLength:"500"`
	}
}

func (a *API) createGroup(ctx context.Context, in *createGroupInput) (*output[Group], error) {
	g, err := a.control.CreateGroup(ctx, actorOf(ctx), fleet.Group{UnitID: in.Body.UnitID, Name: in.Body.Name, Description: in.Body.Description})
	return answer(g, err, groupOf)
}

type setGroupInput struct {
	GroupInput
	Body struct {
		Name        string `json:"name" minLength:"1" maxLength:"100"`
		Description string `json:"description,omitempty" maxLength:"500"`
	}
}

func (a *API) setGroup(ctx context.Context, in *setGroupInput) (*output[Group], error) {
	g, err := a.control.SetGroup(ctx, actorOf(ctx), in.Group, in.Body.Name, in.Body.Description)
	return answer(g, err, groupOf)
}

func (a *API) deleteGroup(ctx context.Context, in *GroupInput) (*empty, error) {
	if err := a.control.DeleteGroup(ctx, actorOf(ctx), in.Group); err != nil {
		return nil, err
	}
	return noContent, nil
}

type membersInput struct {
	GroupInput
	Body struct {
		Devices []string `json:"devices" nullable:"false" minItems:"1" maxItems:"10000" doc:"Device keys"`
	}
}

func (a *API) addMembers(ctx context.Context, in *membersInput) (*output[Group], error) {
	g, err := a.control.AddMembers(ctx, actorOf(ctx), in.Group, in.Body.Devices)
	return answer(g, err, groupOf)
}

func (a *API) removeMembers(ctx context.Context, in *membersInput) (*output[Group], error) {
	g, err := a.control.RemoveMembers(ctx, actorOf(ctx), in.Group, in.Body.Devices)
	return answer(g, err, groupOf)
}

type groupPageInput struct {
	GroupInput
	Page
}

func (a *API) groupDevices(ctx context.Context, in *groupPageInput) (*output[list[Device]], error) {
	if _, err := a.control.Group(ctx, actorOf(ctx), in.Group); err != nil {
		return nil, err
	}
	devices, err := a.control.Devices(ctx, actorOf(ctx), control.DeviceFilter{GroupID: in.Group}, in.control())
	return answerList(devices, err, in.Page, a.deviceOf, func(d fleet.Device) int64 { return int64(d.ID) })
}

func (a *API) groupUpdates(ctx context.Context, in *groupPageInput) (*output[list[Update]], error) {
	if _, err := a.control.Group(ctx, actorOf(ctx), in.Group); err != nil {
		return nil, err
	}
	return a.updates(ctx, control.UpdateFilter{GroupID: in.Group}, in.Page)
}
