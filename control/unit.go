package control

import (
	"context"
	"strings"

	"github.com/sluicehq/sluice/fleet"
)

// Units lists the units that the actor reads and what is below them, parents
// before children.
func (c *Control) Units(ctx context.Context, a Actor, p Page) (_ []fleet.Unit, err error) {
	if p.Within, err = c.within(a, fleet.UnitRead); err != nil {
		return nil, err
	}
	return c.Store.Units(ctx, p)
}

// Unit reads one unit.
func (c *Control) Unit(ctx context.Context, a Actor, id fleet.UnitID) (fleet.Unit, error) {
	if err := c.Authorize(ctx, a, fleet.UnitRead, id); err != nil {
		return fleet.Unit{}, err
	}
	return c.Store.Unit(ctx, id)
}

// CreateUnit makes a unit below another.
func (c *Control) CreateUnit(ctx context.Context, a Actor, parent fleet.UnitID, kind fleet.UnitKind, name string) (fleet.Unit, error) {
	if err := c.Authorize(ctx, a, fleet.UnitWrite, parent); err != nil {
		return fleet.Unit{}, err
	}
	above, err := c.unit(ctx, c.Store, parent)
	if err != nil {
		return fleet.Unit{}, err
	}
	if !kind.MayHangBelow(above.Kind) {
		return fleet.Unit{}, fleet.Errorf(fleet.Invalid, "cannot make a unit of kind %q below the %s %s", kind, above.Kind, above.Name)
	}
	if name, err = cleanName("unit", name, fleet.MaxUnitName); err != nil {
		return fleet.Unit{}, err
	}
	u := fleet.Unit{ParentID: parent, Kind: kind, Name: name}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		if u.ID, err = tx.InsertUnit(ctx, u); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(u.ID, a.Name(), "unit.create", "unit "+name, string(kind)+" below "+above.Name))
	})
	u.Path = above.Path + u.ID.String() + "/"
	return u, err
}

// RenameUnit gives a unit another name.
func (c *Control) RenameUnit(ctx context.Context, a Actor, id fleet.UnitID, name string) error {
	if err := c.Authorize(ctx, a, fleet.UnitWrite, id); err != nil {
		return err
	}
	name, err := cleanName("unit", name, fleet.MaxUnitName)
	if err != nil {
		return err
	}
	c.units.Delete(id)
	return c.change(ctx, c.auditIn(id, a.Name(), "unit.rename", "unit "+id.String(), name), func(ctx context.Context, tx Tx) error {
		return tx.SetUnitName(ctx, id, name)
	})
}

// cleanName trims a name and refuses one that is empty, long or unprintable.
func cleanName(of, name string, limit int) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || clip(name, limit) != name || strings.ContainsAny(name, "\n\t") {
		return "", fleet.Errorf(fleet.Invalid, "the name of a %s has 1 to %d printable characters", of, limit)
	}
	return name, nil
}
