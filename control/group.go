package control

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// maxListed is the largest page, for lists that are bounded elsewhere.
const maxListed = 1000

// Groups lists groups by id.
func (c *Control) Groups(ctx context.Context, a Actor, f GroupFilter, p Page) (_ []fleet.Group, err error) {
	if p.Within, err = c.within(a, fleet.GroupRead); err != nil {
		return nil, err
	}
	return c.Store.Groups(ctx, f, p)
}

// GroupsOf lists the groups of each of the devices, at most 1000, that is in
// one which the actor may read.
func (c *Control) GroupsOf(ctx context.Context, a Actor, devices []fleet.DeviceID) (map[fleet.DeviceID][]fleet.Group, error) {
	within, err := c.within(a, fleet.GroupRead)
	if err != nil {
		return nil, err
	}
	if len(devices) > maxListed {
		return nil, fleet.Errorf(fleet.Invalid, "cannot list the groups of %d devices: ask for at most %d", len(devices), maxListed)
	}
	return c.Store.GroupsOf(ctx, devices, within)
}

// Group reads one group.
func (c *Control) Group(ctx context.Context, a Actor, id fleet.GroupID) (fleet.Group, error) {
	return c.group(ctx, c.Store, a, fleet.GroupRead, id)
}

func (c *Control) group(ctx context.Context, r Reader, a Actor, do fleet.Action, id fleet.GroupID) (fleet.Group, error) {
	g, err := r.Group(ctx, id)
	if err != nil {
		return g, err
	}
	if err := c.authorize(ctx, r, a, do, g.UnitID); err != nil {
		return fleet.Group{}, err
	}
	return g, nil
}

// CreateGroup makes an empty group in a unit.
func (c *Control) CreateGroup(ctx context.Context, a Actor, g fleet.Group) (fleet.Group, error) {
	if err := c.Authorize(ctx, a, fleet.GroupWrite, g.UnitID); err != nil {
		return g, err
	}
	if err := cleanGroup(&g); err != nil {
		return g, err
	}
	g.CreatedBy, g.CreatedAt = a.Name(), c.Now()
	err := c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		there, err := tx.Groups(ctx, GroupFilter{UnitID: g.UnitID}, Page{Limit: fleet.MaxGroups})
		if err != nil {
			return err
		}
		if len(there) >= fleet.MaxGroups {
			return fleet.Errorf(fleet.Conflict, "cannot make the group %s: its unit has %d groups already", g.Name, fleet.MaxGroups)
		}
		if g.ID, err = tx.InsertGroup(ctx, g); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(g.UnitID, a.Name(), "group.create", "group "+g.Name, ""))
	})
	return g, err
}

func cleanGroup(g *fleet.Group) (err error) {
	g.Description = clip(g.Description, 500)
	g.Name, err = cleanName("group", g.Name, fleet.MaxGroupName)
	return err
}

// SetGroup changes a group's name and description.
func (c *Control) SetGroup(ctx context.Context, a Actor, id fleet.GroupID, name, description string) (fleet.Group, error) {
	g, err := c.group(ctx, c.Store, a, fleet.GroupWrite, id)
	if err != nil {
		return g, err
	}
	g.Name, g.Description = name, description
	if err := cleanGroup(&g); err != nil {
		return g, err
	}
	return g, c.change(ctx, c.auditIn(g.UnitID, a.Name(), "group.change", "group "+g.Name, ""), func(ctx context.Context, tx Tx) error {
		return tx.SetGroup(ctx, g)
	})
}

// DeleteGroup deletes a group; its devices and their updates stay.
func (c *Control) DeleteGroup(ctx context.Context, a Actor, id fleet.GroupID) error {
	g, err := c.group(ctx, c.Store, a, fleet.GroupWrite, id)
	if err != nil {
		return err
	}
	return c.change(ctx, c.auditIn(g.UnitID, a.Name(), "group.delete", "group "+g.Name, ""), func(ctx context.Context, tx Tx) error {
		return tx.DeleteGroup(ctx, id)
	})
}

// AddMembers puts devices of the group's unit, or below it, into the group.
func (c *Control) AddMembers(ctx context.Context, a Actor, id fleet.GroupID, keys []string) (fleet.Group, error) {
	return c.changeMembers(ctx, a, id, keys, "group.add", Tx.AddMembers)
}

// RemoveMembers takes devices out of the group. Updates that were given to
// the group while they were in it go on.
func (c *Control) RemoveMembers(ctx context.Context, a Actor, id fleet.GroupID, keys []string) (fleet.Group, error) {
	return c.changeMembers(ctx, a, id, keys, "group.remove", Tx.RemoveMembers)
}

func (c *Control) changeMembers(ctx context.Context, a Actor, id fleet.GroupID, keys []string, action string,
	do func(tx Tx, ctx context.Context, id fleet.GroupID, devices []fleet.DeviceID) error) (fleet.Group, error) {
	g, err := c.group(ctx, c.Store, a, fleet.GroupWrite, id)
	if err != nil {
		return g, err
	}
	within, err := c.unit(ctx, c.Store, g.UnitID)
	if err != nil {
		return g, err
	}
	devices, err := c.named(ctx, c.Store, keys)
	if err != nil {
		return g, err
	}
	ids := make([]fleet.DeviceID, len(devices))
	for i, d := range devices {
		unit, err := c.unit(ctx, c.Store, d.UnitID)
		if err != nil {
			return g, err
		}
		if !within.Covers(unit) {
			return g, fleet.Errorf(fleet.Invalid, "cannot put %s into the group %s: it is in %s, the group is in %s", d.Key, g.Name, unit.Name, within.Name)
		}
		ids[i] = d.ID
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := do(tx, ctx, id, ids); err != nil {
			return err
		}
		if err := tx.InsertAudit(ctx, c.auditIn(g.UnitID, a.Name(), action, "group "+g.Name, clip(joinKeys(devices), 500))); err != nil {
			return err
		}
		g, err = tx.Group(ctx, id)
		if err == nil && g.Members > fleet.MaxGroupMembers {
			err = fleet.Errorf(fleet.Conflict, "a group has at most %d devices", fleet.MaxGroupMembers)
		}
		return err
	})
	return g, err
}
