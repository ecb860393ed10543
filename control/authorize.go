package control

import (
	"context"
	"slices"

	"github.com/sluicehq/sluice/fleet"
)

// Actor is who asks.
type Actor struct {
	User   fleet.User
	Grants []fleet.Grant
	// Only limits an API token to some actions; nil is no limit.
	Only []fleet.Action
}

// Name is the actor in audit rows.
func (a Actor) Name() string { return a.User.Name }

// Authorize returns nil when the actor may do the action on what hangs on the
// unit, and a fleet.Denied error that names the rule otherwise. Every
// operation of a person passes it.
func (c *Control) Authorize(ctx context.Context, a Actor, do fleet.Action, in fleet.UnitID) error {
	return c.authorize(ctx, c.Store, a, do, in)
}

// authorize is Authorize inside a transaction, which reads through it alone.
func (c *Control) authorize(ctx context.Context, r Reader, a Actor, do fleet.Action, in fleet.UnitID) error {
	unit, err := c.unit(ctx, r, in)
	if err != nil {
		return err
	}
	if d := a.decide(do, unit); !d.Allowed {
		return fleet.Errorf(fleet.Denied, "%s", d.Reason)
	}
	return nil
}

// decide asks the table of rights, and before it what holds for the actor
// everywhere.
func (a Actor) decide(do fleet.Action, in fleet.Unit) fleet.Decision {
	if a.User.ID == 0 {
		return fleet.Decision{Reason: "nobody is signed in"}
	}
	if a.User.MustChange {
		return fleet.Decision{Reason: a.Name() + " has to choose a password first"}
	}
	if a.Only != nil && !slices.Contains(a.Only, do) {
		return fleet.Decision{Reason: "the token is not good for " + string(do)}
	}
	return fleet.Decide(a.Name(), a.Grants, do, in)
}

// unit reads a unit; units never move, so each is read once.
func (c *Control) unit(ctx context.Context, r Reader, id fleet.UnitID) (fleet.Unit, error) {
	if u, ok := c.units.Load(id); ok {
		return u.(fleet.Unit), nil
	}
	u, err := r.Unit(ctx, id)
	if err == nil {
		c.units.Store(id, u)
	}
	return u, err
}

// within lists the units in which the actor may do the action, for a list:
// nil is everywhere. With no such unit it is a fleet.Denied error.
func (c *Control) within(a Actor, do fleet.Action) ([]fleet.UnitID, error) {
	var units []fleet.UnitID
	var last fleet.Decision
	for _, g := range a.Grants {
		if last = a.decide(do, g.Unit); last.Allowed {
			units = append(units, g.Unit.ID)
		}
	}
	if len(units) == 0 {
		if last.Reason == "" {
			last = a.decide(do, fleet.Unit{ID: fleet.Root, Name: "any unit", Path: "/"})
		}
		return nil, fleet.Errorf(fleet.Denied, "%s", last.Reason)
	}
	if slices.Contains(units, fleet.Root) {
		return nil, nil
	}
	return units, nil
}

// home is the unit that a thing of the actor's hangs on where none is named:
// that of the first grant that allows the action. Where none does it is that of
// the first grant, in which the action is refused.
func home(a Actor, do fleet.Action) fleet.UnitID {
	for _, g := range a.Grants {
		if a.decide(do, g.Unit).Allowed {
			return g.Unit.ID
		}
	}
	if len(a.Grants) == 0 {
		return fleet.Root
	}
	return a.Grants[0].Unit.ID
}

// homeAbove is home, but for a thing that is used in units: of the grants that
// allow the action, the first whose unit covers all of them.
func (c *Control) homeAbove(ctx context.Context, r Reader, a Actor, do fleet.Action, used []fleet.UnitID) (fleet.UnitID, error) {
	units := make([]fleet.Unit, len(used))
	for i, id := range used {
		var err error
		if units[i], err = c.unit(ctx, r, id); err != nil {
			return 0, err
		}
	}
	for _, g := range a.Grants {
		if a.decide(do, g.Unit).Allowed && !slices.ContainsFunc(units, func(u fleet.Unit) bool { return !g.Unit.Covers(u) }) {
			return g.Unit.ID, nil
		}
	}
	return home(a, do), nil
}

// May tells whether the actor may do the action somewhere: whether a page or
// a button makes sense.
func (c *Control) May(a Actor, do fleet.Action) bool {
	_, err := c.within(a, do)
	return err == nil
}

// MayIn tells whether the actor may do the action in the unit.
func (c *Control) MayIn(ctx context.Context, a Actor, do fleet.Action, in fleet.UnitID) bool {
	return c.Authorize(ctx, a, do, in) == nil
}

// Can says whether a user may do an action in a unit, and by which row of the
// table and which grant. It is for those who manage users, and for oneself.
func (c *Control) Can(ctx context.Context, a Actor, user string, do fleet.Action, in fleet.UnitID) (fleet.Decision, error) {
	unit, err := c.unit(ctx, c.Store, in)
	if err != nil {
		return fleet.Decision{}, err
	}
	if user != a.Name() {
		if err := c.Authorize(ctx, a, fleet.UserRead, in); err != nil {
			return fleet.Decision{}, err
		}
	}
	u, err := c.Store.UserByName(ctx, user)
	if err != nil {
		return fleet.Decision{}, err
	}
	grants, err := c.Store.Grants(ctx, u.ID)
	if err != nil {
		return fleet.Decision{}, err
	}
	return fleet.Decide(u.Name, grants, do, unit), nil
}
