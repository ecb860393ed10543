package control

import (
	"context"
	"encoding/json"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// Device reads one device.
func (c *Control) Device(ctx context.Context, a Actor, id fleet.DeviceID) (fleet.Device, error) {
	return c.device(ctx, a, fleet.DeviceRead, id)
}

// device reads a device on which the actor may do the action.
func (c *Control) device(ctx context.Context, a Actor, do fleet.Action, id fleet.DeviceID) (fleet.Device, error) {
	d, err := c.Store.Device(ctx, id)
	if err != nil {
		return d, err
	}
	if err := c.Authorize(ctx, a, do, d.UnitID); err != nil {
		return fleet.Device{}, err
	}
	d.Connected = c.Connected(d.ID)
	return d, nil
}

// DeviceByKey reads one device by its name on the wire.
func (c *Control) DeviceByKey(ctx context.Context, a Actor, key string) (fleet.Device, error) {
	d, err := c.Store.DeviceByKey(ctx, key)
	if err != nil {
		return d, err
	}
	return c.Device(ctx, a, d.ID)
}

// Devices lists devices by id, oldest first.
func (c *Control) Devices(ctx context.Context, a Actor, f DeviceFilter, p Page) (_ []fleet.Device, err error) {
	if p.Within, err = c.within(a, fleet.DeviceRead); err != nil {
		return nil, err
	}
	list, err := c.Store.Devices(ctx, f, p)
	return c.withPresence(list), err
}

// DeviceCounts counts the devices in each state.
func (c *Control) DeviceCounts(ctx context.Context, a Actor) (map[fleet.DeviceState]int, error) {
	within, err := c.within(a, fleet.DeviceRead)
	if err != nil {
		return nil, err
	}
	return c.Store.DeviceCounts(ctx, within)
}

// SetDeviceState accepts or rejects a device. A rejected one loses its sessions.
func (c *Control) SetDeviceState(ctx context.Context, a Actor, id fleet.DeviceID, to fleet.DeviceState) (fleet.Device, error) {
	d, err := c.device(ctx, a, fleet.DeviceWrite, id)
	if err != nil {
		return d, err
	}
	if to != fleet.DeviceAccepted && to != fleet.DeviceRejected {
		return d, fleet.Errorf(fleet.Invalid, "a device is accepted or rejected, not %q", to)
	}
	if d.State == to {
		return d, nil
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.SetDeviceState(ctx, id, d.State, to); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(d.UnitID, a.Name(), "device."+string(to), "device "+d.Key, "was "+string(d.State)))
	})
	if err != nil {
		return d, err
	}
	d.State = to
	if to == fleet.DeviceRejected {
		c.hangUp(id)
	}
	c.Feed.publish(Change{Device: id})
	return d, nil
}

// Values are what the device last published of a kind, ordered by key.
func (c *Control) Values(ctx context.Context, a Actor, id fleet.DeviceID, kind fleet.ValueKind) ([]fleet.Value, error) {
	if _, err := c.device(ctx, a, fleet.DeviceRead, id); err != nil {
		return nil, err
	}
	return c.Store.Values(ctx, id, kind)
}

// ValuesAfter are those of Values behind a key, at most limit.
func (c *Control) ValuesAfter(ctx context.Context, a Actor, id fleet.DeviceID, kind fleet.ValueKind, after string, limit int) ([]fleet.Value, error) {
	if _, err := c.device(ctx, a, fleet.DeviceRead, id); err != nil {
		return nil, err
	}
	return c.Store.ValuesAfter(ctx, id, kind, after, limit)
}

// Value is what the device last published under a key.
func (c *Control) Value(ctx context.Context, a Actor, id fleet.DeviceID, kind fleet.ValueKind, key string) (fleet.Value, error) {
	if _, err := c.device(ctx, a, fleet.DeviceRead, id); err != nil {
		return fleet.Value{}, err
	}
	return c.Store.Value(ctx, id, kind, key)
}

// History is what the device published under a key, oldest first.
func (c *Control) History(ctx context.Context, a Actor, id fleet.DeviceID, kind fleet.ValueKind, key string, from, to time.Time, limit int) ([]fleet.Value, error) {
	if _, err := c.device(ctx, a, fleet.DeviceRead, id); err != nil {
		return nil, err
	}
	return c.Store.History(ctx, id, kind, key, from, to, limit)
}

// Log is the device's log, newest first.
func (c *Control) Log(ctx context.Context, a Actor, id fleet.DeviceID, p Page) ([]fleet.LogEntry, error) {
	if _, err := c.device(ctx, a, fleet.DeviceLog, id); err != nil {
		return nil, err
	}
	return c.Store.Log(ctx, id, p)
}

// DiagnosticMethod makes the agent upload its diagnostic archive to the
// device's files.
const DiagnosticMethod = "gateway.diagnostic"

// AskDiagnostic asks the device for its diagnostic archive.
func (c *Control) AskDiagnostic(ctx context.Context, a Actor, id fleet.DeviceID) (fleet.Message, error) {
	return c.Exec(ctx, a, id, DiagnosticMethod, json.RawMessage(`{}`), 24*time.Hour)
}
