package control

import (
	"context"
	"strings"

	"github.com/sluicehq/sluice/fleet"
)

// PlaceDevice moves a device to a unit and names it; an empty name and unit 0
// leave what is.
func (c *Control) PlaceDevice(ctx context.Context, a Actor, id fleet.DeviceID, unit fleet.UnitID, name string) (fleet.Device, error) {
	d, err := c.device(ctx, a, fleet.DeviceWrite, id)
	if err != nil {
		return d, err
	}
	if unit == 0 {
		unit = d.UnitID
	}
	if err := c.Authorize(ctx, a, fleet.DeviceWrite, unit); err != nil {
		return d, err
	}
	if name != "" {
		if name, err = cleanName("device", name, fleet.MaxKey); err != nil {
			return d, err
		}
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PlaceDevice(ctx, id, unit, name); err != nil {
			return err
		}
		if d, err = tx.Device(ctx, id); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(unit, a.Name(), "device.place", "device "+d.Key, name))
	})
	c.Feed.publish(Change{Device: id})
	return d, err
}

// Import is one device of a list: what a CSV row says.
type Import struct {
	Key    string
	Name   string
	Kind   fleet.DeviceKind
	UnitID fleet.UnitID
}

// maxImport bounds how many devices one import names.
const maxImport = 10_000

// ImportDevices names and places the devices, and makes those that are not
// known yet: accepted, and waiting for their first connection with any token.
// One wrong row changes nothing.
func (c *Control) ImportDevices(ctx context.Context, a Actor, rows []Import) (made, changed int, err error) {
	if len(rows) > maxImport {
		return 0, 0, fleet.Errorf(fleet.Invalid, "cannot import more than %d devices at once", maxImport)
	}
	for i := range rows {
		if err := c.checkImport(ctx, a, i+1, &rows[i]); err != nil {
			return 0, 0, err
		}
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		made, changed = 0, 0
		for _, row := range rows {
			new, err := c.importOne(ctx, tx, a, row)
			if err != nil {
				return err
			}
			if new {
				made++
			} else {
				changed++
			}
		}
		return nil
	})
	c.Feed.publish(Change{})
	return made, changed, err
}

func (c *Control) checkImport(ctx context.Context, a Actor, n int, row *Import) (err error) {
	if row.Key = strings.TrimSpace(row.Key); row.Key == "" || len(row.Key) > fleet.MaxKey || clip(row.Key, fleet.MaxKey) != row.Key {
		return fleet.Errorf(fleet.Invalid, "row %d: a device key has 1 to %d printable characters", n, fleet.MaxKey)
	}
	if row.Name != "" {
		if row.Name, err = cleanName("device", row.Name, fleet.MaxKey); err != nil {
			return fleet.Errorf(fleet.Invalid, "row %d: %s", n, fleet.Sentence(err))
		}
	}
	switch row.Kind {
	case "":
		row.Kind = fleet.Gateway
	case fleet.Gateway, fleet.ThinClient:
	default:
		return fleet.Errorf(fleet.Invalid, "row %d: the kind is gateway or thin_client, not %q", n, row.Kind)
	}
	if row.UnitID == 0 {
		row.UnitID = home(a, fleet.DeviceWrite)
	}
	if err := c.Authorize(ctx, a, fleet.DeviceWrite, row.UnitID); err != nil {
		return fleet.Errorf(fleet.CodeOf(err), "row %d: %s", n, fleet.Sentence(err))
	}
	return nil
}

func (c *Control) importOne(ctx context.Context, tx Tx, a Actor, row Import) (made bool, err error) {
	d, err := tx.DeviceByKey(ctx, row.Key)
	if made = fleet.CodeOf(err) == fleet.NotFound; made {
		d = fleet.Device{Key: row.Key, Name: row.Key, Kind: row.Kind, UnitID: row.UnitID, State: fleet.DeviceAccepted,
			CreatedAt: c.Now(), PollEvery: defaultPollEvery}
		d.ID, err = tx.InsertDevice(ctx, d)
	} else if err == nil {
		err = c.authorize(ctx, tx, a, fleet.DeviceWrite, d.UnitID)
	}
	if err != nil {
		return made, err
	}
	if err := tx.PlaceDevice(ctx, d.ID, row.UnitID, row.Name); err != nil {
		return made, err
	}
	return made, tx.InsertAudit(ctx, c.auditIn(row.UnitID, a.Name(), "device.import", "device "+row.Key, row.Name))
}
