package control

import (
	"context"
	"strconv"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// plan decides for each device where its execution starts, and refuses the
// whole command where a rule of the sources says so.
func (c *Control) plan(ctx context.Context, r Reader, a Actor, n NewUpdate, what content) ([]Planned, error) {
	devices, ids, err := c.devicesFor(ctx, r, a, n, what)
	if err != nil {
		return nil, err
	}
	busy, err := r.PendingSince(ctx, n.Type, ids)
	if err != nil {
		return nil, err
	}
	if err := c.free(ctx, r, n, what.applies.ID, devices, busy); err != nil {
		return nil, err
	}
	var declared map[fleet.DeviceID]bool
	linked := n.Type == fleet.MagicLinkUpdate && what.applies.ID == 0 // what a check succeeded on was declared
	if linked {
		if declared, err = r.Declared(ctx, what.link.ID, ids); err != nil {
			return nil, err
		}
	}
	foreign, err := c.foreign(ctx, r, what.release, devices)
	if err != nil {
		return nil, err
	}
	steps, err := c.steps(ctx, r, n.Type, what.release)
	if err != nil {
		return nil, err
	}
	planned := make([]Planned, len(devices))
	for i, d := range devices {
		p := Planned{Device: d, State: fleet.Pending, Reason: "waits for the next telemetry message"}
		why := refusal(d, n.Type, n.Check, what.release)
		if why != "" && d.Refusal() == "" {
			why += stepBefore(d, what.release, steps)
		}
		if why == "" {
			why = foreign[d.UnitID]
		}
		if why == "" && linked && !declared[d.ID] {
			why = "not declared in the Magic Link"
		}
		if since, ok := busy[d.ID]; ok && why == "" {
			why = pendingSince(n.Type, since)
		}
		if why != "" {
			p.State, p.Reason = fleet.Refused, why
		}
		planned[i] = p
	}
	return planned, nil
}

// steps are the pre-defined updates that may have to go before this one: the
// versions of the same name that may be used wherever this one may.
func (c *Control) steps(ctx context.Context, r Reader, t fleet.UpdateType, release fleet.Release) ([]fleet.Release, error) {
	if t != fleet.Predefined || release.Compatibility.Versions == "" {
		return nil, nil
	}
	of, err := c.unit(ctx, r, release.UnitID)
	if err != nil {
		return nil, err
	}
	list, err := r.Releases(ctx, ReleaseFilter{Predefined: true, Name: release.Name}, Page{Limit: maxListed})
	var steps []fleet.Release
	for _, step := range list {
		at, failed := c.unit(ctx, r, step.UnitID)
		if failed != nil {
			return nil, failed
		}
		if at.Covers(of) {
			steps = append(steps, step)
		}
	}
	return steps, err
}

// stepBefore names the pre-defined update that fits the device now and brings
// it to a version from which the wanted release goes on; "" where none does.
func stepBefore(d fleet.Device, wanted fleet.Release, steps []fleet.Release) string {
	if wanted.Compatibility.Refusal(d.Facts()) == "" { // it is refused for another reason
		return ""
	}
	for _, step := range steps {
		after := d.Facts()
		after.Version = step.Version
		if step.ID != wanted.ID && step.Compatibility.Refusal(d.Facts()) == "" && wanted.Compatibility.Refusal(after) == "" {
			return "; install " + step.Name + " " + step.Version + " first"
		}
	}
	return ""
}

// foreign says, for each unit of the devices that does not hang on the
// release's unit or below it, why its devices may not get the release: what
// one customer uploaded is not for another.
func (c *Control) foreign(ctx context.Context, r Reader, release fleet.Release, devices []fleet.Device) (map[fleet.UnitID]string, error) {
	of, err := c.unit(ctx, r, release.UnitID)
	if err != nil {
		return nil, err
	}
	why := map[fleet.UnitID]string{}
	for _, d := range devices {
		if _, seen := why[d.UnitID]; seen {
			continue
		}
		in, err := c.unit(ctx, r, d.UnitID)
		if err != nil {
			return nil, err
		}
		why[d.UnitID] = ""
		if !of.Covers(in) {
			why[d.UnitID] = "the release is of " + of.Name + ", the device is in " + in.Name
		}
	}
	return why, nil
}

// free refuses a command of a type that is pending on the one device that it
// is for (source 000), or in progress for the group or any device in it
// (source 001). Of several devices named one by one, the busy ones are
// refused and the others go. A check that some devices have not answered does
// not stand in the way of its own update.
func (c *Control) free(ctx context.Context, r Reader, n NewUpdate, applies fleet.UpdateID, devices []fleet.Device, busy map[fleet.DeviceID]time.Time) error {
	if n.Audience.GroupID == 0 {
		if len(devices) == 1 && len(busy) == 1 {
			return fleet.Errorf(fleet.Conflict, "cannot give the update to %s: %s", devices[0].Key, pendingSince(n.Type, busy[devices[0].ID]))
		}
		return nil
	}
	var waiting []fleet.Device
	for _, d := range devices {
		if _, ok := busy[d.ID]; ok {
			waiting = append(waiting, d)
		}
	}
	if len(waiting) > 0 {
		return fleet.Errorf(fleet.Conflict, "cannot give the update to the group: another %s is pending on %s", n.Type.Word(), joinKeys(waiting))
	}
	given, err := r.Updates(ctx, UpdateFilter{GroupID: n.Audience.GroupID, Waiting: true}, Page{Limit: maxListed})
	if err != nil {
		return err
	}
	for _, u := range given {
		if u.Type == n.Type && u.ID != applies {
			return fleet.Errorf(fleet.Conflict, "cannot give the update to the group: update %s, another %s, is still in progress for it", u.ID, n.Type.Word())
		}
	}
	return nil
}

// moment is how a sentence writes a time.
const moment = "2006-01-02 15:04:05 UTC"

func pendingSince(t fleet.UpdateType, since time.Time) string {
	return "another " + t.Word() + " is pending since " + since.UTC().Format(moment)
}

// refusal is the one place that says why a device may not get a release, or
// may not check it first.
func refusal(d fleet.Device, t fleet.UpdateType, check bool, r fleet.Release) string {
	if why := d.Refusal(); why != "" {
		return why
	}
	if t == fleet.JetPorch || r.Format == fleet.FormatPlaybook {
		if why := d.JetPorchRefusal(); why != "" {
			return why
		}
	}
	if check {
		if why := d.CheckRefusal(); why != "" {
			return why
		}
	}
	return r.Compatibility.Refusal(d.Facts())
}

// checkGiven refuses what is wrong in any command.
func (c *Control) checkGiven(n NewUpdate) error {
	audiences := 0
	for _, set := range []bool{len(n.Audience.Devices) > 0, n.Audience.GroupID != 0, n.Audience.UnitID != 0, n.Audience.All} {
		if set {
			audiences++
		}
	}
	switch {
	case audiences == 0:
		return fleet.Errorf(fleet.Invalid, "cannot give the update: it names no device")
	case audiences > 1:
		return fleet.Errorf(fleet.Invalid, "cannot give the update: it is for devices, a group, a unit or all, not for several of these")
	case n.Retries < 0 || n.Retries > maxRetries:
		return fleet.Errorf(fleet.Invalid, "cannot give the update: retries are 0 to %s", strconv.Itoa(maxRetries))
	case !n.ExpiresAt.IsZero() && !n.ExpiresAt.After(c.Now()):
		return fleet.Errorf(fleet.Invalid, "cannot give the update: it would expire at %s, which is past", n.ExpiresAt.UTC().Format(time.RFC3339))
	}
	return checkIdempotencyKey(n.IdempotencyKey)
}
