package sqlstore

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// series names what is published under one key of one device.
type series struct {
	device fleet.DeviceID
	kind   fleet.ValueKind
	key    string
}

// arrivals are what a batch of contacts brings for one series.
type arrivals struct {
	series
	values  []fleet.Value // by time, one for each moment
	arrived time.Time

	newest  fleet.Value // what becomes current, with its Since
	isNew   bool        // it replaces the current value, or is the first
	changed bool        // it replaces another value, or is the first
}

// arrivalsOf sorts the values of a batch into groups, ordered by series.
// Numbers that are none (NaN, infinities) have no place in a table.
func arrivalsOf(batch []control.Contact) []*arrivals {
	n := 0
	for _, c := range batch {
		n += len(c.Values)
	}
	at := make(map[series]*arrivals, n)
	all := make([]*arrivals, 0, n)
	for _, c := range batch {
		for _, v := range c.Values {
			if math.IsNaN(v.Number) || math.IsInf(v.Number, 0) {
				continue
			}
			v.Text = storable(v.Text)
			if v.At = fromMicros(micros(v.At)); v.At.IsZero() {
				v.At = fromMicros(micros(c.At))
			}
			s := series{c.DeviceID, v.Kind, storable(v.Key)}
			g := at[s]
			if g == nil {
				g = &arrivals{series: s}
				at[s] = g
				all = append(all, g)
			}
			g.values, g.arrived = append(g.values, v), c.At
		}
	}
	for _, g := range all {
		g.values = byTime(g.values)
	}
	slices.SortFunc(all, func(a, b *arrivals) int {
		return cmp.Or(cmp.Compare(a.device, b.device), cmp.Compare(a.kind, b.kind), cmp.Compare(a.key, b.key))
	})
	return all
}

// byTime sorts values and keeps the last word on each moment.
func byTime(values []fleet.Value) []fleet.Value {
	slices.SortStableFunc(values, func(a, b fleet.Value) int { return a.At.Compare(b.At) })
	kept := values[:0]
	for _, v := range values {
		if n := len(kept); n > 0 && kept[n-1].At.Equal(v.At) {
			kept[n-1] = v
			continue
		}
		kept = append(kept, v)
	}
	return kept
}

// against compares the group with the current value, if there is one: what
// becomes current, since when, and what goes to the history.
func (g *arrivals) against(current fleet.Value, known bool) (history []fleet.Value) {
	var last *fleet.Value
	if known {
		last = &current
	}
	for i := range g.values {
		v := &g.values[i]
		late := known && v.At.Before(current.At)
		same := last != nil && g.same(*last, *v)
		if always(g.kind) || v.Republish || !same {
			history = append(history, *v)
		}
		if late {
			continue
		}
		v.Since = v.At
		if same && !last.Since.IsZero() {
			v.Since = last.Since
		}
		g.newest, g.isNew, last = *v, true, v
	}
	g.changed = g.isNew && !(known && g.same(current, g.newest))
	return history
}

// always tells whether every value of the kind goes to the history; of the
// others only those that differ from the one before.
func always(k fleet.ValueKind) bool { return k == fleet.Property || k == fleet.Location }

// shelf is where the series of one kind of one device are.
type shelf struct {
	device fleet.DeviceID
	kind   fleet.ValueKind
}

// tooMany are the groups of keys that are new and for which there is no room.
// Keys are counted only where there is a new one.
func (t tx) tooMany(ctx context.Context, groups []*arrivals, current map[series]fleet.Value) (map[series]bool, error) {
	fresh := map[shelf][]*arrivals{}
	var of []shelf
	for _, g := range groups {
		if _, known := current[g.series]; known || g.kind == fleet.Attribute && facts[g.key] != nil {
			continue
		}
		s := shelf{g.device, g.kind}
		if fresh[s] == nil {
			of = append(of, s)
		}
		fresh[s] = append(fresh[s], g)
	}
	if len(of) == 0 {
		return nil, nil
	}
	held, err := t.keys(ctx, of)
	if err != nil {
		return nil, err
	}
	refused := map[series]bool{}
	for s, list := range fresh {
		for _, g := range list[min(len(list), max(0, fleet.MaxKeys-held[s])):] {
			refused[g.series] = true
		}
	}
	return refused, nil
}

// same tells whether a value repeats another. An alarm does when its state
// does, whatever its message (TR50 1.8).
func (g *arrivals) same(a, b fleet.Value) bool {
	return a.Number == b.Number && (g.kind == fleet.Alarm || a.Text == b.Text)
}
