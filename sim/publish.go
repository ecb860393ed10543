package sim

import (
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/sluicehq/sluice/agent/fact"
	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/device/tr50/wire"
)

// introduce publishes the attributes.
func (d *Device) introduce(ctx context.Context, l *link.Link) error {
	o := d.options
	packages := []fact.Package{}
	for _, name := range slices.Sorted(maps.Keys(d.version)) {
		packages = append(packages, fact.Package{Name: name, Version: d.version[name]})
	}
	list, err := json.Marshal(packages)
	if err != nil {
		return err
	}
	batch := wire.AttributeBatch{Thing: wire.ThingKeyOnly(o.Key)}
	now := wire.At(o.Now())
	attributes := [][2]string{
		{"os_name", o.OS}, {"os_version", o.OSVersion}, {"architecture", o.Architecture}, {"model", o.Model}, {"kind", o.Kind},
		{"version", o.Version}, {"hostname", o.Key}, {"installed_packages", string(list)},
		{"telemetry_interval", strconv.FormatFloat(o.Period.Seconds(), 'f', -1, 64)},
	}
	if o.JetPorch {
		attributes = append(attributes, [2]string{"jetporch", "true"}, [2]string{"jetporch_check", "true"})
	}
	for _, a := range attributes {
		value := wire.Text(a[1])
		batch.Data = append(batch.Data, wire.Attribute{Key: a[0], Value: &value, TS: now})
	}
	return l.Call(ctx, wire.CommandAttributeBatch, batch, nil)
}

// contact publishes telemetry: a load that wanders, an uptime that grows.
func (d *Device) contact(ctx context.Context, l *link.Link) error {
	batch := wire.PropertyBatch{Thing: wire.ThingKeyOnly(d.options.Key)}
	now := wire.At(d.options.Now())
	for _, m := range []fact.Measurement{
		{Key: "cpu_percent", Value: float64(rand.IntN(900)) / 10}, {Key: "memory_percent", Value: 30 + float64(rand.IntN(300))/10},
		{Key: "temperature", Value: 35 + float64(rand.IntN(200))/10}, {Key: "disk_percent", Value: 42},
		{Key: "uptime", Value: float64(d.contacts.Load()) * d.options.Period.Seconds()},
	} {
		value := wire.Number(m.Value)
		batch.Data = append(batch.Data, wire.Property{Key: m.Key, Value: &value, TS: now})
	}
	err := l.Call(ctx, wire.CommandPropertyBatch, batch, nil)
	if err == nil {
		d.contacts.Add(1)
	}
	if err != nil && answered(err) {
		return nil
	}
	return err
}
