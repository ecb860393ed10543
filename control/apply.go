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
// left out, and those on which it was applied before, unless that failed. What
// was checked for a group or a unit is applied by who may update that whole.
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
	if r := check.Release; check.Type == fleet.Predefined && !r.Predefined {
		return n, what, fleet.Errorf(fleet.Conflict, "cannot apply check %s: %s %s was taken out of the pre-defined updates", id, r.Name, r.Version)
	}
	if check.LinkID != 0 {
		link, err := c.Store.MagicLinkByID(ctx, check.LinkID)
		if err != nil {
			return n, what, err
		}
		if !link.RevokedAt.IsZero() {
			return n, what, fleet.Errorf(fleet.Conflict, "cannot apply check %s: its Magic Link was revoked since %s", id, link.RevokedAt.UTC().Format(moment))
		}
	}
	return NewUpdate{Type: check.Type, Title: clip(check.Title, maxTitle-len(appliedTitle)) + appliedTitle, Audience: check.Audience,
			Retries: check.Retries, Variables: check.Variables},
		content{release: check.Release, text: check.Content, applies: check, link: fleet.MagicLink{ID: check.LinkID}}, nil
}

// devicesFor are the devices of a command, by id; in a transaction they are
// locked.
func (c *Control) devicesFor(ctx context.Context, r Reader, a Actor, n NewUpdate, what content) ([]fleet.Device, []fleet.DeviceID, error) {
	var devices []fleet.Device
	var err error
	if check := what.applies.ID; check == 0 {
		devices, err = c.devicesOf(ctx, r, a, n.Audience)
	} else if devices, err = c.checked(ctx, r, check); err == nil {
		err = c.authorizeAll(ctx, r, a, fleet.UpdateWrite, devices)
	}
	if err != nil {
		return nil, nil, err
	}
	if tx, ok := r.(Tx); ok {
		if err := tx.LockDevices(ctx, idsOf(devices)); err != nil {
			return nil, nil, err
		}
	}
	if what.applies.ID != 0 { // behind the lock, or two would apply it at once
		devices, err = c.notApplied(ctx, r, what.applies.ID, devices)
	}
	return devices, idsOf(devices), err
}

func idsOf(devices []fleet.Device) []fleet.DeviceID {
	ids := make([]fleet.DeviceID, len(devices))
	for i, d := range devices {
		ids[i] = d.ID
	}
	return ids
}

// applying are the states of an execution after which a check is not applied
// again on its device: it is on the way, or done.
func applying() (states []fleet.State) {
	for _, s := range fleet.States() {
		if !s.Final() || s == fleet.Succeeded {
			states = append(states, s)
		}
	}
	return states
}

// notApplied are those of the devices on which the check was not applied yet,
// or that failed. None is a fleet.Conflict.
func (c *Control) notApplied(ctx context.Context, r Reader, check fleet.UpdateID, devices []fleet.Device) ([]fleet.Device, error) {
	given, err := r.Updates(ctx, UpdateFilter{CheckID: check}, Page{Limit: maxListed})
	if err != nil {
		return nil, err
	}
	done := map[fleet.DeviceID]bool{}
	for _, u := range given {
		applied, err := c.devicesIn(ctx, r, u.ID, applying())
		if err != nil {
			return nil, err
		}
		for _, d := range applied {
			done[d.ID] = true
		}
	}
	left := slices.DeleteFunc(devices, func(d fleet.Device) bool { return done[d.ID] })
	if len(left) == 0 {
		return nil, fleet.Errorf(fleet.Conflict, "cannot apply check %s: on every device on which it succeeded it was applied, or is on the way", check)
	}
	return left, nil
}

// devicesIn are the devices on which an update is in one of the states.
func (c *Control) devicesIn(ctx context.Context, r Reader, id fleet.UpdateID, states []fleet.State) (devices []fleet.Device, err error) {
	page := Page{Limit: maxListed}
	for {
		list, err := r.Executions(ctx, ExecutionFilter{UpdateID: id, States: states}, page)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			devices = append(devices, e.Device)
		}
		if len(list) < page.Limit {
			return devices, nil
		}
		page.After = int64(list[len(list)-1].ID)
	}
}

// checked are the devices on which a check succeeded. None is a fleet.Conflict
// that says why.
func (c *Control) checked(ctx context.Context, r Reader, id fleet.UpdateID) ([]fleet.Device, error) {
	devices, err := c.devicesIn(ctx, r, id, []fleet.State{fleet.Succeeded})
	if err != nil {
		return nil, err
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
