package control

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// DeviceWaiting tells whether a command is pending on the device: the orange
// dot (source 000).
func (c *Control) DeviceWaiting(ctx context.Context, a Actor, id fleet.DeviceID) (bool, error) {
	if _, err := c.device(ctx, a, fleet.UpdateRead, id); err != nil {
		return false, err
	}
	n, err := c.Store.Waiting(ctx, id, 0)
	return n > 0, err
}

// GroupWaiting tells whether a command to the group still waits to be sent to
// one of its devices: the orange dot (source 001).
func (c *Control) GroupWaiting(ctx context.Context, a Actor, id fleet.GroupID) (bool, error) {
	if _, err := c.group(ctx, c.Store, a, fleet.UpdateRead, id); err != nil {
		return false, err
	}
	n, err := c.Store.Waiting(ctx, 0, id)
	return n > 0, err
}
