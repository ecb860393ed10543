package agent

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/sluicehq/sluice/agent/fact"
	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/device/tr50/wire"
)

// publish sends attributes where they changed and telemetry every interval,
// the first at once: it is the device's contact with the server.
func (r *Runtime) publish(ctx context.Context, l *link.Link) {
	ticker := time.NewTicker(r.config.telemetryInterval())
	defer ticker.Stop()
	wait := r.config.spacing()
	telemetry := true
	for {
		err := r.publishAttributes(ctx, l)
		if err == nil && telemetry {
			err = publishTelemetry(ctx, l, r.config.ThingKey, r.facts.Telemetry(), r.Now())
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			r.Logger.Warn("cannot publish", "reason", err.Error())
			if !answered(err) {
				l.Drop()
				return
			}
			if wait.Wait(ctx, 0) != nil {
				return
			}
			continue
		}
		wait.Reset()
		select {
		case <-ctx.Done():
			return
		case <-r.stale:
			telemetry = false
		case <-ticker.C:
			telemetry = true
			r.rescan()
		}
	}
}

// publishAttributes sends what the server does not have yet.
func (r *Runtime) publishAttributes(ctx context.Context, l *link.Link) error {
	all, err := r.attributes()
	if err != nil {
		r.Logger.Error(err.Error())
		return nil
	}
	changed := wire.AttributeBatch{Thing: wire.ThingKeyOnly(r.config.ThingKey)}
	now := wire.At(r.Now())
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if value := wire.Text(all[key]); all[key] != r.published[key] {
			changed.Data = append(changed.Data, wire.Attribute{Key: key, Value: &value, TS: now})
		}
	}
	if len(changed.Data) == 0 {
		return nil
	}
	if err := l.Call(ctx, wire.CommandAttributeBatch, changed, nil); err != nil {
		return err
	}
	r.published = all
	return nil
}

// publishTelemetry sends all measurements in one message.
func publishTelemetry(ctx context.Context, l *link.Link, key string, list []fact.Measurement, at time.Time) error {
	batch := wire.PropertyBatch{Thing: wire.ThingKeyOnly(key), Data: []wire.Property{}}
	for _, m := range list {
		value := wire.Number(m.Value)
		batch.Data = append(batch.Data, wire.Property{Key: m.Key, Value: &value, TS: wire.At(at)})
	}
	return l.Call(ctx, wire.CommandPropertyBatch, batch, nil)
}

// refresh has the attributes looked at again.
func (r *Runtime) refresh() {
	select {
	case r.stale <- struct{}{}:
	default:
	}
}

func (r *Runtime) rescan() {
	problems, err := r.queue.rescan()
	if err != nil {
		problems = append(problems, err)
	}
	for _, p := range problems {
		r.Logger.Error(p.Error())
	}
}
