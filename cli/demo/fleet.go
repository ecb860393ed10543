package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/sim"
)

// startFleet brings agents and simulated devices to life and waits until the
// server knows what each of them is.
func (d *demo) startFleet(ctx context.Context, o options) error {
	for n := range o.agents {
		a, err := d.startAgent(ctx, n+1)
		if a != nil {
			d.agents = append(d.agents, a)
		}
		if err != nil {
			return err
		}
	}
	if err := d.startDevices(ctx, o.devices); err != nil {
		return err
	}
	d.say("fleet     %d agents, each a process in a sandbox of its own, and %d simulated devices", len(d.agents), o.devices)
	return d.awaitFleet(ctx)
}

// startDevices starts the simulated devices; the last is another model.
func (d *demo) startDevices(ctx context.Context, n int) error {
	list := make([]sim.Options, n)
	for i := range list {
		list[i] = sim.Options{
			ServerURL: d.server.URL(), MQTTURL: "mqtt://" + d.server.MQTTAddress(), Key: fmt.Sprintf("sim-%02d", i+1),
			Model: model, Version: "1.1.0", Period: pollEvery, RetryCap: time.Second, InstallFor: installTime, Now: time.Now,
			JetPorch: i%2 == 0,
		}
		if i == n-1 {
			list[i].Key, list[i].Model = wrongDevice, wrongModel
		}
		var err error
		list[i].Token, _, err = d.server.Control.CreateToken(ctx, d.actor, control.NewToken{Kind: fleet.OneTime, DeviceKey: list[i].Key})
		if err != nil {
			return err
		}
		d.simulated = append(d.simulated, list[i].Key)
	}
	d.devices = sim.Start(n, func(i int) sim.Options { return list[i] })
	return nil
}

// awaitFleet waits until every device has said which model it is.
func (d *demo) awaitFleet(ctx context.Context) error {
	again := time.NewTicker(pollEvery)
	defer again.Stop()
	keys := d.keys()
	for {
		known, err := d.server.Control.Devices(ctx, d.actor, control.DeviceFilter{}, control.Page{Limit: allRows})
		if err != nil {
			return err
		}
		missing := len(keys)
		for _, device := range known {
			if device.Model != "" {
				missing--
			}
		}
		if missing == 0 {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("cannot start the fleet: %d of %d devices did not report: %w", missing, len(keys), context.Cause(ctx))
		}
	}
}

// keys are the device keys, the agents' first.
func (d *demo) keys() []string {
	var keys []string
	for _, a := range d.agents {
		keys = append(keys, a.key)
	}
	return append(keys, d.simulated...)
}

func (d *demo) stopFleet() error {
	if d.devices != nil {
		d.devices.Close()
	}
	var errs []error
	for _, a := range d.agents {
		errs = append(errs, a.stop())
	}
	return errors.Join(errs...)
}
