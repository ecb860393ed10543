package api

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// Unit is a node of the organisation tree.
type Unit struct {
	ID       fleet.UnitID   `json:"id"`
	ParentID fleet.UnitID   `json:"parent_id,omitempty" doc:"Left out at the root"`
	Kind     fleet.UnitKind `json:"kind" enum:"service,channel,customer,ou"`
	Name     string         `json:"name"`
}

func unitOf(u fleet.Unit) Unit {
	return Unit{ID: u.ID, ParentID: u.ParentID, Kind: u.Kind, Name: u.Name}
}

func (a *API) listUnits(ctx context.Context, in *Page) (*output[list[Unit]], error) {
	units, err := a.control.Units(ctx, actorOf(ctx), in.control())
	return answerList(units, err, *in, unitOf, func(u fleet.Unit) int64 { return int64(u.ID) })
}

// UnitInput names a unit in the path.
type UnitInput struct {
	Unit fleet.UnitID `path:"unit" minimum:"1"`
}

func (a *API) showUnit(ctx context.Context, in *UnitInput) (*output[Unit], error) {
	u, err := a.control.Unit(ctx, actorOf(ctx), in.Unit)
	return answer(u, err, unitOf)
}

type createUnitInput struct {
	Body struct {
		ParentID fleet.UnitID   `json:"parent_id" minimum:"1"`
		Kind     fleet.UnitKind `json:"kind" enum:"channel,customer,ou"`
		Name     string         `json:"name" minLength:"1" maxLength:"100"`
	}
}

func (a *API) createUnit(ctx context.Context, in *createUnitInput) (*output[Unit], error) {
	u, err := a.control.CreateUnit(ctx, actorOf(ctx), in.Body.ParentID, in.Body.Kind, in.Body.Name)
	return answer(u, err, unitOf)
}

type renameUnitInput struct {
	UnitInput
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100"`
	}
}

func (a *API) renameUnit(ctx context.Context, in *renameUnitInput) (*output[Unit], error) {
	if err := a.control.RenameUnit(ctx, actorOf(ctx), in.Unit, in.Body.Name); err != nil {
		return nil, err
	}
	return a.showUnit(ctx, &in.UnitInput)
}
