package storetest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

type ctx = context.Context

// story publishes values written as "text@second", a contact for each field,
// "," between values of one contact, "!" behind one that is republished; and
// returns the current value as text@second^since and the history as
// text@second. The state of an alarm is the number of its letters.
func (w *world) story(d fleet.Device, kind fleet.ValueKind, words string) (current, history string) {
	w.Helper()
	second := func(v time.Time) int { return int(v.Sub(w.now) / time.Second) }
	for field := range strings.FieldsSeq(words) {
		c := control.Contact{DeviceID: d.ID, At: w.now}
		for word := range strings.SplitSeq(field, ",") {
			text, at, _ := strings.Cut(word, "@")
			at, again := strings.CutSuffix(at, "!")
			var s int
			if _, err := fmt.Sscan(at, &s); err != nil {
				w.Fatal(err)
			}
			v := fleet.Value{Kind: kind, Key: "k", Text: text, At: w.now.Add(time.Duration(s) * time.Second), Republish: again}
			if kind == fleet.Alarm {
				v.Number = float64(len(text))
			}
			c.Values = append(c.Values, v)
		}
		w.contact(c)
	}
	for _, v := range read(w.store.Values(w.ctx, d.ID, kind))(w) {
		current += fmt.Sprintf("%s@%d^%d", v.Text, second(v.At), second(v.Since))
	}
	var past []string
	for _, v := range read(w.store.History(w.ctx, d.ID, kind, "k", w.now, w.now.Add(time.Hour), 100))(w) {
		past = append(past, fmt.Sprintf("%s@%d", v.Text, second(v.At)))
	}
	return current, strings.Join(past, " ")
}

var valueTests = []test{
	{"becomes current, and its history is kept, by these rules", func(t *testing.T, w *world) {
		for i, c := range []struct {
			kind                    fleet.ValueKind
			words, current, history string
		}{
			{fleet.Attribute, "A@1", "A@1^1", "A@1"},
			{fleet.Attribute, "A@1 A@2 A@3", "A@3^1", "A@1"},
			{fleet.Attribute, "A@1 B@2 B@3", "B@3^2", "A@1 B@2"},
			{fleet.Attribute, "A@1 A@2,B@3,A@4", "A@4^4", "A@1 B@3 A@4"},
			{fleet.Attribute, "A@4,B@3,B@2,A@1", "A@4^4", "A@1 B@2 A@4"},
			{fleet.Attribute, "A@1 A@2,A@3", "A@3^1", "A@1"},
			{fleet.Attribute, "B@5 A@3", "B@5^5", "A@3 B@5"},
			{fleet.Attribute, "A@1 A@1 A@1", "A@1^1", "A@1"},
			{fleet.Attribute, "A@1 B@1", "B@1^1", "B@1"},
			{fleet.Attribute, "A@1,B@1", "B@1^1", "B@1"},
			{fleet.Property, "A@1 A@2 A@3,B@4", "B@4^4", "A@1 A@2 A@3 B@4"},
			{fleet.Property, "A@1 A@1", "A@1^1", "A@1"},
			{fleet.Attribute, "A@1 A@2! A@3,B@4!", "B@4^4", "A@1 A@2 B@4"},
			{fleet.Alarm, "A@1 B@2 BB@3", "BB@3^3", "A@1 BB@3"},
			{fleet.Alarm, "A@1 B@2!", "B@2^1", "A@1 B@2"},
			{fleet.Location, "A@1 A@2", "A@2^1", "A@1 A@2"},
		} {
			current, history := w.story(w.device(fmt.Sprint("device ", i)), c.kind, c.words)
			if current != c.current || history != c.history {
				t.Errorf("%s %q: got %s, %s; want %s, %s", c.kind, c.words, current, history, c.current, c.history)
			}
		}
	}},
	{"keeps every bit of a number", func(t *testing.T, w *world) {
		d := w.device("one")
		rnd := rand.New(rand.NewPCG(1, 2))
		c := control.Contact{DeviceID: d.ID, At: w.now}
		want := map[string]float64{"max": math.MaxFloat64, "least": math.SmallestNonzeroFloat64, "third": 1.0 / 3, "minus": -0.1, "big": 1e22}
		for i := range 300 {
			if f := math.Float64frombits(rnd.Uint64()); !math.IsNaN(f) && !math.IsInf(f, 0) {
				want[fmt.Sprint(i)] = f
			}
			want[fmt.Sprint("small", i)] = rnd.Float64() * 100
		}
		for key, n := range want {
			c.Values = append(c.Values, fleet.Value{Kind: fleet.Property, Key: key, Number: n, At: w.now})
		}
		w.contact(c)
		got := read(w.store.Values(w.ctx, d.ID, fleet.Property))(w)
		bad := 0
		for _, v := range got {
			if v.Number != want[v.Key] {
				bad++
			}
		}
		if len(got) != len(want) || bad > 0 {
			t.Errorf("%d of %d numbers differ, %d are there", bad, len(want), len(got))
		}
	}},
	{"without a time, or with one before 1970, is of the moment of its contact", func(t *testing.T, w *world) {
		for i, at := range []time.Time{{}, time.Date(-1, 12, 31, 23, 0, 0, 0, time.UTC), time.Unix(-1, 0)} {
			d := w.device(fmt.Sprint("device ", i))
			w.contact(control.Contact{DeviceID: d.ID, At: w.now, Values: []fleet.Value{attribute("a", "x", at)}})
			if got := read(w.store.Values(w.ctx, d.ID, fleet.Attribute))(w); len(got) != 1 || !got[0].At.Equal(w.now) {
				t.Errorf("%s: got %v", at, got)
			}
		}
	}},
	{"is listed by key, and history ends with the newest", func(t *testing.T, w *world) {
		d := w.device("one")
		c := control.Contact{DeviceID: d.ID, At: w.now}
		for i := range 10 {
			c.Values = append(c.Values, fleet.Value{Kind: fleet.Property, Key: fmt.Sprint("k", 9-i), At: w.now},
				fleet.Value{Kind: fleet.Property, Key: "t", Number: float64(i), At: w.now.Add(time.Duration(i) * time.Microsecond)})
		}
		w.contact(c)
		values := read(w.store.Values(w.ctx, d.ID, fleet.Property))(w)
		for i := range 10 {
			if values[i].Key != fmt.Sprint("k", i) {
				t.Errorf("%d is %q", i, values[i].Key)
			}
		}
		got := read(w.store.History(w.ctx, d.ID, fleet.Property, "t", w.now.Add(2*time.Microsecond), w.now.Add(8*time.Microsecond), 3))(w)
		if len(got) != 3 || got[0].Number != 6 || got[2].Number != 8 {
			t.Errorf("got %v", got)
		}
	}},
	{"has a bound of keys for each kind, which facts are beside", func(t *testing.T, w *world) {
		all := w.devices("full", "other")
		fill := control.Contact{DeviceID: all[0].ID, At: w.now}
		for i := range fleet.MaxKeys {
			fill.Values = append(fill.Values, attribute(fmt.Sprintf("k%04d", i), "x", w.now))
		}
		w.contact(fill)
		later := w.now.Add(time.Minute)
		got := w.contact(
			control.Contact{DeviceID: all[0].ID, At: later, Values: []fleet.Value{attribute("new", "x", later), attribute("k0000", "y", later)}},
			control.Contact{DeviceID: all[0].ID, At: later, Values: []fleet.Value{attribute(fleet.AttributeModel, "m", later),
				{Kind: fleet.Property, Key: "new", Number: 1, At: later}}},
			control.Contact{DeviceID: all[1].ID, At: later, Values: []fleet.Value{attribute("new", "x", later)}})
		if got[0].Refused == nil || got[0].Refused.Key != "new" || got[1].Refused != nil || got[2].Refused != nil {
			t.Errorf("got %+v", got)
		}
		kept := read(w.store.Values(w.ctx, all[0].ID, fleet.Attribute))(w)
		if len(kept) != fleet.MaxKeys+1 || kept[0].Text != "y" || len(read(w.store.Values(w.ctx, all[0].ID, fleet.Property))(w)) != 1 {
			t.Errorf("%d are kept, the first is %+v", len(kept), kept[0])
		}
		if past := read(w.store.History(w.ctx, all[0].ID, fleet.Attribute, "new", w.now, later, 10))(w); len(past) != 0 {
			t.Errorf("the history has %v", past)
		}
		if d := read(w.store.Device(w.ctx, all[0].ID))(w); d.Model != "m" || !d.LastSeenAt.Equal(later) {
			t.Errorf("got %+v", d)
		}
	}},
	{"is read one by one and in pages", func(t *testing.T, w *world) {
		d := w.device("one")
		w.contact(control.Contact{DeviceID: d.ID, At: w.now, Values: []fleet.Value{attribute("a", "1", w.now), attribute("b", "2", w.now),
			attribute("c", "3", w.now), {Kind: fleet.Property, Key: "b", Number: 9, At: w.now}}})
		if v := read(w.store.Value(w.ctx, d.ID, fleet.Attribute, "b"))(w); v.Text != "2" || !v.Since.Equal(w.now) {
			t.Errorf("got %+v", v)
		}
		if _, err := w.store.Value(w.ctx, d.ID, fleet.Alarm, "b"); fleet.CodeOf(err) != fleet.NotFound {
			t.Errorf("got %v", err)
		}
		first := read(w.store.ValuesAfter(w.ctx, d.ID, fleet.Attribute, "", 2))(w)
		rest := read(w.store.ValuesAfter(w.ctx, d.ID, fleet.Attribute, "b", 2))(w)
		if len(first) != 2 || first[1].Key != "b" || len(rest) != 1 || rest[0].Key != "c" {
			t.Errorf("got %v, %v", first, rest)
		}
	}},
}
