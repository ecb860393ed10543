package control

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicehq/sluice/fleet"
)

// devicesOf resolves an audience to its devices, by id, and refuses one that
// names a device on which the actor may not give an update.
func (c *Control) devicesOf(ctx context.Context, r Reader, a Actor, to fleet.Audience) ([]fleet.Device, error) {
	within, err := c.within(a, fleet.UpdateWrite)
	if err != nil {
		return nil, err
	}
	var devices []fleet.Device
	switch {
	case len(to.Devices) > 0:
		devices, err = c.named(ctx, r, to.Devices)
	case to.GroupID != 0:
		if _, err = c.group(ctx, r, a, fleet.UpdateWrite, to.GroupID); err == nil {
			devices, err = c.allDevices(ctx, r, DeviceFilter{GroupID: to.GroupID}, nil)
		}
	case to.UnitID != 0:
		if err = c.authorize(ctx, r, a, fleet.UpdateWrite, to.UnitID); err == nil {
			devices, err = c.allDevices(ctx, r, DeviceFilter{UnitID: to.UnitID, UnitOnly: to.UnitOnly}, nil)
		}
	case to.All:
		devices, err = c.allDevices(ctx, r, DeviceFilter{}, within)
	}
	if err != nil {
		return nil, err
	}
	if len(devices) == 0 {
		return nil, fleet.Errorf(fleet.Invalid, "cannot give the update: it names no device")
	}
	return devices, c.authorizeAll(ctx, r, a, fleet.UpdateWrite, devices)
}

// unitsOf are the units that an audience is in, as far as it names any: the
// units below one that is named are not among them.
func (c *Control) unitsOf(ctx context.Context, r Reader, a Actor, to fleet.Audience) ([]fleet.UnitID, error) {
	switch {
	case len(to.Devices) > 0:
		devices, err := c.named(ctx, r, to.Devices)
		units := make([]fleet.UnitID, len(devices))
		for i, d := range devices {
			units[i] = d.UnitID
		}
		slices.Sort(units)
		return slices.Compact(units), err
	case to.GroupID != 0:
		g, err := c.group(ctx, r, a, fleet.UpdateWrite, to.GroupID)
		return []fleet.UnitID{g.UnitID}, err
	case to.UnitID != 0:
		return []fleet.UnitID{to.UnitID}, nil
	}
	return nil, nil
}

// authorizeAll authorises each unit among the devices once.
func (c *Control) authorizeAll(ctx context.Context, r Reader, a Actor, do fleet.Action, devices []fleet.Device) error {
	seen := map[fleet.UnitID]bool{}
	for _, d := range devices {
		if seen[d.UnitID] {
			continue
		}
		seen[d.UnitID] = true
		if err := c.authorize(ctx, r, a, do, d.UnitID); err != nil {
			return err
		}
	}
	return nil
}

// allDevices pages through a list of devices up to the largest audience.
func (c *Control) allDevices(ctx context.Context, r Reader, f DeviceFilter, within []fleet.UnitID) ([]fleet.Device, error) {
	var all []fleet.Device
	page := Page{Limit: maxListed, Within: within}
	for {
		list, err := r.Devices(ctx, f, page)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		if len(all) > fleet.MaxAudience {
			return nil, fleet.Errorf(fleet.Invalid, "cannot give the update: more than %d devices; give it to a smaller unit or group", fleet.MaxAudience)
		}
		if len(list) < page.Limit {
			return all, nil
		}
		page.After = int64(list[len(list)-1].ID)
	}
}

// named reads the devices of the keys, in one query; one that does not exist
// is an error that names it.
func (c *Control) named(ctx context.Context, r Reader, keys []string) ([]fleet.Device, error) {
	if len(keys) > fleet.MaxAudience {
		return nil, fleet.Errorf(fleet.Invalid, "more than %d devices are named", fleet.MaxAudience)
	}
	keys = slices.Compact(slices.Sorted(slices.Values(keys)))
	devices, err := r.DevicesByKeys(ctx, keys)
	if err != nil {
		return nil, err
	}
	if missing := missingKeys(keys, devices); missing != "" {
		return nil, fleet.Errorf(fleet.NotFound, "there is no device %s", missing)
	}
	return devices, nil
}

// missingKeys names up to three keys that are no device.
func missingKeys(keys []string, devices []fleet.Device) string {
	known := map[string]bool{}
	for _, d := range devices {
		known[d.Key] = true
	}
	var missing []string
	for _, k := range keys {
		if !known[k] {
			missing = append(missing, clip(k, fleet.MaxKey))
		}
	}
	return firstOf(missing)
}

// joinKeys names up to three devices.
func joinKeys(devices []fleet.Device) string {
	keys := make([]string, len(devices))
	for i, d := range devices {
		keys[i] = d.Key
	}
	return firstOf(keys)
}

func firstOf(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + " and " + strconv.Itoa(len(names)-3) + " more"
	}
	return strings.Join(names, ", ")
}
