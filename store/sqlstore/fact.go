package sqlstore

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// maxPollEvery bounds the interval that a device may announce.
const maxPollEvery = 366 * 24 * time.Hour

// facts are the attributes that a device is described by.
var facts = map[string]func(d *fleet.Device, text string){
	fleet.AttributeModel:        func(d *fleet.Device, s string) { d.Model = s },
	fleet.AttributeOS:           func(d *fleet.Device, s string) { d.OS = s },
	fleet.AttributeArchitecture: func(d *fleet.Device, s string) { d.Architecture = s },
	fleet.AttributeVersion:      func(d *fleet.Device, s string) { d.Version = s },
	fleet.AttributeKind: func(d *fleet.Device, s string) {
		if k := fleet.DeviceKind(s); k == fleet.Gateway || k == fleet.ThinClient {
			d.Kind = k
		}
	},
	fleet.AttributeJetPorch:      func(d *fleet.Device, s string) { d.JetPorch = s == "true" },
	fleet.AttributeJetPorchCheck: func(d *fleet.Device, s string) { d.JetPorchCheck = s == "true" },
	fleet.AttributeHostname:      setName,
	fleet.AttributeName:          setName, // after hostname, which it outranks: groups are ordered by key
	fleet.AttributePollEvery: func(d *fleet.Device, s string) {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 && n <= int64(maxPollEvery/time.Second) {
			d.PollEvery = time.Duration(n) * time.Second
		}
	},
}

func setName(d *fleet.Device, s string) {
	if s != "" {
		d.Name = s
	}
}

// namesDevice tells whether the attribute gives the device a name.
func namesDevice(key string) bool {
	return key == fleet.AttributeHostname || key == fleet.AttributeName
}

// updateFacts writes what changed about the devices of which a fact changed,
// with one read and one write for all of them. The groups are ordered.
func (t tx) updateFacts(ctx context.Context, groups []*arrivals) error {
	changed := map[fleet.DeviceID][]*arrivals{}
	var of []fleet.DeviceID
	for _, g := range groups {
		if g.kind == fleet.Attribute && g.changed && facts[g.key] != nil {
			if changed[g.device] == nil {
				of = append(of, g.device)
			}
			changed[g.device] = append(changed[g.device], g)
		}
	}
	if len(of) == 0 {
		return nil
	}
	named, err := t.lockDevices(ctx, of)
	if err != nil {
		return err
	}
	for id, groups := range changed {
		if named[id] {
			changed[id] = slices.DeleteFunc(groups, func(g *arrivals) bool { return namesDevice(g.key) })
		}
	}
	devices, err := t.devices(ctx, of)
	if err != nil {
		return err
	}
	devices = slices.DeleteFunc(devices, func(d fleet.Device) bool { return !describe(&d, changed[d.ID]) })
	if len(devices) == 0 {
		return nil
	}
	for i := range devices {
		describe(&devices[i], changed[devices[i].ID])
	}
	return t.setFacts(ctx, devices)
}

// describe applies the facts to d and reports whether that changes it.
func describe(d *fleet.Device, groups []*arrivals) bool {
	before := *d
	for _, g := range groups {
		facts[g.key](d, g.newest.Text)
	}
	return *d != before
}
