package control

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// Decommission takes a device out of service: it is rejected, has no
// credential any more and loses its sessions, and what was to be sent to it is
// refused. What happened on it stays on record. Only a one-time token that is
// made for its key lets it in again.
func (c *Control) Decommission(ctx context.Context, a Actor, id fleet.DeviceID) error {
	if _, err := c.device(ctx, a, fleet.DeviceWrite, id); err != nil {
		return err
	}
	var changes []Change
	var left []fleet.Device
	err := c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.LockDevices(ctx, []fleet.DeviceID{id}); err != nil {
			return err
		}
		d, err := tx.Device(ctx, id)
		if err != nil {
			return err
		}
		if d.State != fleet.DeviceRejected {
			if err := tx.SetDeviceState(ctx, id, d.State, fleet.DeviceRejected); err != nil {
				return err
			}
		}
		if err := tx.DeleteCredential(ctx, id); err != nil {
			return err
		}
		if left, err = c.unbindFamily(ctx, tx, d, a.Name()); err != nil {
			return err
		}
		if changes, err = c.refuseUnsent(ctx, tx, id, "the device was decommissioned"); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(d.UnitID, a.Name(), "device.decommission", "device "+d.Key, "was "+string(d.State)))
	})
	if err != nil {
		return err
	}
	c.hangUp(id)
	for _, child := range left {
		c.leave(child)
	}
	c.Feed.publish(Change{Device: id})
	for _, change := range changes {
		c.Feed.publish(change)
	}
	return nil
}

// unbindFamily unbinds a device from its gateway, and the things that are
// bound to it; their gateway is gone.
func (c *Control) unbindFamily(ctx context.Context, tx Tx, d fleet.Device, actor string) ([]fleet.Device, error) {
	left, err := tx.Devices(ctx, DeviceFilter{ParentID: d.ID}, Page{Limit: maxChildren})
	if err != nil {
		return nil, err
	}
	if d.ParentID != 0 {
		left = append(left, d)
	}
	for _, child := range left {
		if err := c.unbind(ctx, tx, child, actor); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// refuseUnsent refuses whatever waits for the device.
func (c *Control) refuseUnsent(ctx context.Context, tx Tx, id fleet.DeviceID, why string) ([]Change, error) {
	var changes []Change
	for {
		unsent, err := tx.Executions(ctx, ExecutionFilter{DeviceID: id, States: fleet.Expire.From()}, Page{Limit: sweepChunk})
		if err != nil || len(unsent) == 0 {
			return changes, err
		}
		for _, e := range unsent {
			if err := c.advance(ctx, tx, e, Advance{Event: fleet.Refuse, Reason: why}, "server"); err != nil {
				return nil, err
			}
			changes = append(changes, Change{Device: id, Update: e.UpdateID, Execution: e.ID})
		}
	}
}
