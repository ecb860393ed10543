package control

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// maxChildren is how many things share the session of one gateway.
const maxChildren = 1000

// Bind makes a thing share the session of the parent (TR50's thing.bind). An
// unknown key becomes a device in the parent's unit and state, without a
// credential of its own. A known one is bound when it hangs on that unit, is
// trusted no more than the parent and nothing speaks for it yet: a thing is not
// claimed by knowing its key.
func (c *Control) Bind(ctx context.Context, parent fleet.Device, key, name string) (fleet.Device, error) {
	if !validKey(key) {
		return fleet.Device{}, badKey(fleet.Invalid)
	}
	var child fleet.Device
	err := c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.LockDevices(ctx, []fleet.DeviceID{parent.ID}); err != nil {
			return err
		}
		parent, err := tx.Device(ctx, parent.ID)
		if err != nil {
			return err
		}
		if parent.State == fleet.DeviceRejected {
			return fleet.Errorf(fleet.Denied, "%s", parent.Refusal())
		}
		child, err = tx.DeviceByKey(ctx, key)
		if err == nil && child.ParentID == parent.ID && child.State != fleet.DeviceRejected {
			return nil
		}
		if err != nil && fleet.CodeOf(err) != fleet.NotFound {
			return err
		}
		bound, err := tx.Devices(ctx, DeviceFilter{ParentID: parent.ID}, Page{Limit: maxChildren})
		if err != nil {
			return err
		}
		if len(bound) >= maxChildren {
			return fleet.Errorf(fleet.Conflict, "cannot bind %s: %d things are bound to %s, unbind one first", key, maxChildren, parent.Key)
		}
		if child, err = c.bind(ctx, tx, parent, child, fleet.Device{Key: key, Name: name}); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(child.UnitID, "device "+parent.Key, "device.bind", "device "+child.Key, "to "+parent.Key))
	})
	if err == nil {
		c.Feed.publish(Change{Device: child.ID})
	}
	return child, err
}

// bind inserts the new thing, or binds the known one where it may.
func (c *Control) bind(ctx context.Context, tx Tx, parent, known, fresh fleet.Device) (fleet.Device, error) {
	if known.ID == 0 {
		if fresh.Name = clip(fresh.Name, fleet.MaxKey); fresh.Name == "" {
			fresh.Name = fresh.Key
		}
		fresh.Kind, fresh.UnitID, fresh.State, fresh.ParentID = parent.Kind, parent.UnitID, parent.State, parent.ID
		fresh.CreatedAt, fresh.PollEvery = c.Now(), defaultPollEvery
		var err error
		fresh.ID, err = tx.InsertDevice(ctx, fresh)
		return fresh, err
	}
	if err := tx.LockDevices(ctx, []fleet.DeviceID{known.ID}); err != nil {
		return known, err
	}
	known, err := tx.Device(ctx, known.ID)
	if err != nil {
		return known, err
	}
	_, err = tx.Credential(ctx, known.ID)
	switch {
	case err == nil, known.ID == parent.ID, known.ParentID != 0, known.UnitID != parent.UnitID,
		known.State == fleet.DeviceRejected, known.State == fleet.DeviceAccepted && parent.State != fleet.DeviceAccepted:
		return known, fleet.Errorf(fleet.Denied, "cannot bind %s: it is not this gateway's to bind", known.Key)
	case fleet.CodeOf(err) != fleet.NotFound:
		return known, err
	}
	known.ParentID = parent.ID
	return known, tx.SetParent(ctx, known.ID, 0, parent.ID)
}

// Unbind ends that a thing shares the session of the parent. It stays known.
func (c *Control) Unbind(ctx context.Context, parent fleet.Device, key string) error {
	var child fleet.Device
	err := c.Store.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		child, err = tx.DeviceByKey(ctx, key)
		if err == nil && child.ParentID != parent.ID {
			err = fleet.Errorf(fleet.NotFound, "there is no device %q", clip(key, fleet.MaxKey))
		}
		if err != nil {
			return err
		}
		return c.unbind(ctx, tx, child, "device "+parent.Key)
	})
	if err == nil {
		c.leave(child)
	}
	return err
}

// Children are the things that are bound to the device.
func (c *Control) Children(ctx context.Context, id fleet.DeviceID) ([]fleet.Device, error) {
	return c.Store.Devices(ctx, DeviceFilter{ParentID: id}, Page{Limit: maxChildren})
}

func (c *Control) unbind(ctx context.Context, tx Tx, child fleet.Device, actor string) error {
	if err := tx.SetParent(ctx, child.ID, child.ParentID, 0); err != nil {
		return err
	}
	return tx.InsertAudit(ctx, c.auditIn(child.UnitID, actor, "device.unbind", "device "+child.Key, "from device "+child.ParentID.String()))
}

// leave ends the presence of an unbound thing in the session of its parent.
func (c *Control) leave(child fleet.Device) {
	c.hangUp(child.ID)
	c.Feed.publish(Change{Device: child.ID})
}
