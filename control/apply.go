package control

import (
	"cmp"
	"context"
	"slices"

	"github.com/sluicehq/sluice/fleet"
)

// appliedTitle is what the title of an update ends with that applies a check.
const appliedTitle = " (checked)"

// PlanApplyCheck says what ApplyCheck would do, device by device, and changes
// nothing.
func (c *Control) PlanApplyCheck(ctx context.Context, a Actor, id fleet.UpdateID) ([]Planned, error) {
	n, what, err := c.applied(ctx, a, id)
	if err != nil {
		return nil, err
	}
	return c.plan(ctx, c.Store, a, n, what)
}

// ApplyCheck gives exactly what a check has shown: an update of the same type,
// release and variables, to the devices on which the check succeeded, with its
// retries and without an end. Devices that have not answered, or failed, are
// left out. What was checked for a group or a unit is applied by who may
// update that whole.
func (c *Control) ApplyCheck(ctx context.Context, a Actor, id fleet.UpdateID, idempotencyKey string) (fleet.Update, error) {
	n, what, err := c.applied(ctx, a, id)
	if err != nil {
		return fleet.Update{}, err
	}
	if err := checkIdempotencyKey(idempotencyKey); err != nil {
		return fleet.Update{}, err
	}
	n.IdempotencyKey = idempotencyKey
	return c.commit(ctx, a, n, what)
}

// applied is the command that applies a check.
func (c *Control) applied(ctx context.Context, a Actor, id fleet.UpdateID) (n NewUpdate, what content, err error) {
	check, err := c.Update(ctx, a, id)
	if err != nil {
		return n, what, err
	}
	if to := check.Audience; to.GroupID != 0 || to.UnitID != 0 {
		err = c.Authorize(ctx, a, fleet.UpdateWrite, check.UnitID)
	} else {
		_, err = c.within(a, fleet.UpdateWrite)
	}
	if err != nil {
		return n, what, err
	}
	if !check.Check {
		return n, what, fleet.Errorf(fleet.Conflict, "cannot apply update %s: it is no check", id)
	}
	return NewUpdate{Type: check.Type, Title: clip(check.Title, maxTitle-len(appliedTitle)) + appliedTitle, Audience: check.Audience,
			Retries: check.Retries, Variables: check.Variables},
		content{release: check.Release, text: check.Content, applies: check}, nil
}

// devicesFor are the devices of a command, by id.
func (c *Control) devicesFor(ctx context.Context, r Reader, a Actor, n NewUpdate, what content) ([]fleet.Device, error) {
	if what.applies.ID == 0 {
		return c.devicesOf(ctx, r, a, n.Audience)
	}
	devices, err := c.checked(ctx, r, what.applies.ID)
	if err != nil {
		return nil, err
	}
	return devices, c.authorizeAll(ctx, r, a, fleet.UpdateWrite, devices)
}

// checked are the devices on which a check succeeded. None is a fleet.Conflict
// that says why.
func (c *Control) checked(ctx context.Context, r Reader, id fleet.UpdateID) ([]fleet.Device, error) {
	var devices []fleet.Device
	page := Page{Limit: maxListed}
	for {
		list, err := r.Executions(ctx, ExecutionFilter{UpdateID: id, States: []fleet.State{fleet.Succeeded}}, page)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			devices = append(devices, e.Device)
		}
		if len(list) < page.Limit {
			break
		}
		page.After = int64(list[len(list)-1].ID)
	}
	if len(devices) > 0 {
		slices.SortFunc(devices, func(d, e fleet.Device) int { return cmp.Compare(d.ID, e.ID) })
		return devices, nil
	}
	check, err := r.Update(ctx, id)
	if err != nil {
		return nil, err
	}
	why := "it succeeded on no device"
	switch counts := check.Counts; {
	case counts.Sent() == 0 && counts.Active() == 0:
		why = "it was given to no device"
	case counts.Active() > 0:
		why = "no device has answered that it succeeded; wait for the first"
	}
	return nil, fleet.Errorf(fleet.Conflict, "cannot apply check %s: %s", id, why)
}
