package storetest

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// contact sends a batch that must be taken.
func (w *world) contact(batch ...control.Contact) []control.ContactAnswer {
	w.Helper()
	answers, err := w.store.Contact(w.ctx, batch)
	if err != nil || len(answers) != len(batch) {
		w.Fatalf("got %d answers for %d contacts, %v", len(answers), len(batch), err)
	}
	return answers
}

func attribute(key, text string, at time.Time) fleet.Value {
	return fleet.Value{Kind: fleet.Attribute, Key: key, Text: text, At: at}
}

var contactTests = []test{
	{"moves last seen forward and never back", func(t *testing.T, w *world) {
		d := w.device("one")
		for _, c := range []struct {
			after time.Duration
			link  fleet.Link
			want  time.Duration
			spoke fleet.Link
		}{{0, fleet.TR50, 0, fleet.TR50}, {time.Minute, fleet.DDI, time.Minute, fleet.DDI}, {30 * time.Second, fleet.TR50, time.Minute, fleet.DDI}} {
			w.contact(control.Contact{DeviceID: d.ID, At: w.now.Add(c.after), Link: c.link})
			got := read(w.store.Device(w.ctx, d.ID))(w)
			if !got.LastSeenAt.Equal(w.now.Add(c.want)) || got.Link != c.spoke {
				t.Errorf("after %s: got %v over %s", c.after, got.LastSeenAt, got.Link)
			}
		}
	}},
	{"twice of one device in a batch counts as the newer", func(t *testing.T, w *world) {
		d := w.device("one")
		w.contact(
			control.Contact{DeviceID: d.ID, At: w.now.Add(time.Second), Link: fleet.TR50},
			control.Contact{DeviceID: d.ID, At: w.now, Link: fleet.DDI},
		)
		if got := read(w.store.Device(w.ctx, d.ID))(w); !got.LastSeenAt.Equal(w.now.Add(time.Second)) || got.Link != fleet.TR50 {
			t.Errorf("got %+v", got)
		}
	}},
	{"is told what is pending, and only telemetry is", func(t *testing.T, w *world) {
		all := w.devices("a", "b", "c")
		u := w.update(nil)
		w.executions(u, fleet.Pending, all[0], all[1])
		e := w.executions(w.update(nil), fleet.Pending, all[2])[0]
		w.advance(e.ID, fleet.Pending, fleet.Cancel)
		var batch []control.Contact
		for _, d := range all {
			batch = append(batch, control.Contact{DeviceID: d.ID, At: w.now, Telemetry: true})
		}
		batch = append(batch, control.Contact{DeviceID: all[0].ID, At: w.now})
		var got []bool
		for _, answer := range w.contact(batch...) {
			got = append(got, answer.Pending)
		}
		if fmt.Sprint(got) != "[true true false false]" {
			t.Errorf("got %v", got)
		}
	}},
	{"with an empty batch does nothing", func(t *testing.T, w *world) { w.contact() }},
	{"brings facts into the device's row", func(t *testing.T, w *world) {
		d := w.device("one")
		publish := func(key, text string, after time.Duration) {
			w.contact(control.Contact{DeviceID: d.ID, At: w.now, Values: []fleet.Value{attribute(key, text, w.now.Add(after))}})
		}
		want := d
		want.LastSeenAt, want.Name, want.Kind, want.Model, want.OS = w.now, "dach", fleet.ThinClient, "N3350", "elux"
		want.Architecture, want.Version, want.PollEvery = "amd64", "7.1", 5*time.Minute
		for key, text := range map[string]string{
			fleet.AttributeHostname: "dach", fleet.AttributeKind: "thin_client", fleet.AttributeModel: "N3350",
			fleet.AttributeOS: "elux", fleet.AttributeArchitecture: "amd64", fleet.AttributeVersion: "7.1",
			fleet.AttributePollEvery: "300", "other": "x",
		} {
			publish(key, text, 0)
		}
		if got := read(w.store.Device(w.ctx, d.ID))(w); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		publish(fleet.AttributeVersion, "6.0", -time.Minute) // late
		publish(fleet.AttributeKind, "toaster", time.Minute)
		publish(fleet.AttributePollEvery, "-1", time.Minute)
		publish(fleet.AttributePollEvery, "99999999999999999999", 2*time.Minute)
		publish(fleet.AttributeName, "", time.Minute)
		if got := read(w.store.Device(w.ctx, d.ID))(w); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		found := read(w.store.Devices(w.ctx, control.DeviceFilter{Text: "n3350"}, page))(w)
		if len(found) != 1 {
			t.Errorf("found %d by the new model", len(found))
		}
	}},
	{"does not undo what an operator set meanwhile", func(t *testing.T, w *world) {
		d := w.device("one")
		say := control.Contact{DeviceID: d.ID, At: w.now, Values: []fleet.Value{attribute(fleet.AttributeName, "own", w.now)}}
		w.contact(say)
		d.Name = "given"
		w.write(func(ctx ctx, tx control.Tx) error { return tx.SetDeviceFacts(ctx, d) })
		say.At = w.now.Add(time.Hour)
		say.Values[0].At = say.At
		w.contact(say)
		if got := read(w.store.Device(w.ctx, d.ID))(w).Name; got != "given" {
			t.Errorf("got %q", got)
		}
	}},
	{"takes a large batch with awkward values", func(t *testing.T, w *world) {
		var keys []string
		for i := range 256 {
			keys = append(keys, fmt.Sprint("d", i))
		}
		var batch []control.Contact
		for i, d := range w.devices(keys...) {
			batch = append(batch, control.Contact{DeviceID: d.ID, At: w.now, Link: fleet.TR50, Telemetry: true, Values: []fleet.Value{
				{Kind: fleet.Property, Key: "t", Number: float64(i) / 7, At: w.now},
				{Kind: fleet.Property, Key: "nan", Number: math.NaN(), At: w.now},
				{Kind: fleet.Property, Key: "inf", Number: math.Inf(-1), At: w.now},
				{Kind: fleet.Alarm, Key: "zero\x00", Number: 2, Text: "a\x00b\xff\"'\\ 屋", At: w.now},
			}})
		}
		w.contact(batch...)
		for i, c := range batch {
			got := read(w.store.Values(w.ctx, c.DeviceID, fleet.Property))(w)
			if len(got) != 1 || got[0].Number != float64(i)/7 {
				t.Fatalf("device %d: got %v", i, got)
			}
		}
		got := read(w.store.Values(w.ctx, batch[9].DeviceID, fleet.Alarm))(w)
		if len(got) != 1 || got[0].Key != "zero\uFFFD" || got[0].Text != "a\uFFFDb\uFFFD\"'\\ 屋" || got[0].Number != 2 {
			t.Errorf("got %+v", got)
		}
	}},
}
