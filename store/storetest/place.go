package storetest

import (
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// says has a device publish an attribute.
func (w *world) says(d fleet.Device, key, text string) {
	w.Helper()
	w.now = w.now.Add(time.Second)
	w.contact(control.Contact{
		DeviceID: d.ID, At: w.now, Link: fleet.TR50, Values: []fleet.Value{{Kind: fleet.Attribute, Key: key, Text: text, At: w.now}},
	})
}

var placeTests = []test{
	{"keeps a name that a person gave", func(t *testing.T, w *world) {
		d := w.device("7076FF")
		w.says(d, fleet.AttributeHostname, "klk-1")
		w.write(func(ctx ctx, tx control.Tx) error { return tx.PlaceDevice(ctx, d.ID, fleet.Root, "Dach Süd") })
		w.says(d, fleet.AttributeHostname, "klk-2")
		w.says(d, fleet.AttributeName, "klk-3")
		w.says(d, fleet.AttributeModel, "iStation")
		got := read(w.store.Device(w.ctx, d.ID))(w)
		if got.Name != "Dach Süd" || got.Model != "iStation" {
			t.Errorf("got %+v", got)
		}
		for text, want := range map[string]int{"dach sü": 1, "klk": 0, "istation": 1, "7076ff": 1} {
			if got := len(read(w.store.Devices(w.ctx, control.DeviceFilter{Text: text}, page))(w)); got != want {
				t.Errorf("%q: found %d, want %d", text, got, want)
			}
		}
	}},
	{"leaves the name where none is given", func(t *testing.T, w *world) {
		units := w.tree()
		d := w.place("one", units.roof.ID)
		w.says(d, fleet.AttributeHostname, "klk-1")
		if got := read(w.store.Device(w.ctx, d.ID))(w); got.Name != "klk-1" || got.UnitID != units.roof.ID {
			t.Errorf("got %+v", got)
		}
		w.refused(fleet.Invalid, func(ctx ctx, tx control.Tx) error { return tx.PlaceDevice(ctx, d.ID, 99, "") })
		w.refused(fleet.NotFound, func(ctx ctx, tx control.Tx) error { return tx.PlaceDevice(ctx, 99, fleet.Root, "x") })
	}},
	{"finds devices by unit, version, link and what they can run", func(t *testing.T, w *world) {
		units := w.tree()
		acme, roof := w.place("acme", units.acme.ID), w.place("roof", units.roof.ID)
		w.device("silent")
		w.says(acme, fleet.AttributeVersion, "6.1")
		w.says(roof, fleet.AttributeJetPorch, "true")
		w.says(roof, fleet.AttributeJetPorchCheck, "true")
		w.now = w.now.Add(time.Second)
		w.contact(control.Contact{DeviceID: roof.ID, At: w.now, Link: fleet.DDI})
		for f, want := range map[control.DeviceFilter]string{
			{UnitID: units.north.ID}: "acme roof", {UnitID: units.acme.ID, UnitOnly: true}: "acme",
			{UnitID: units.north.ID, UnitOnly: true}: "", {Version: "6.1"}: "acme", {Version: "6"}: "",
			{Link: fleet.DDI}: "roof", {Link: fleet.TR50}: "acme", {Link: fleet.Mender}: "",
			{UnitID: units.acme.ID, Link: fleet.DDI, Text: "OO"}: "roof", {Link: fleet.DDI, Version: "6.1"}: "",
		} {
			got := namesOf(read(w.store.Devices(w.ctx, f, page))(w), func(d fleet.Device) any { return d.Key })
			if got != want {
				t.Errorf("%+v: got %q, want %q", f, got, want)
			}
		}
		w.says(acme, fleet.AttributeTags, string(fleet.TagsOf([]string{"a", "b<&>", `c"d`, "é, f"})))
		w.says(roof, fleet.AttributeTags, string(fleet.TagsOf([]string{"A", "b"})))
		for _, c := range []struct {
			tags []string
			want string
		}{
			{nil, "acme roof silent"}, {[]string{"a"}, "acme"}, {[]string{"A"}, "roof"}, {[]string{"a", "b<&>"}, "acme"}, {[]string{"a", "b"}, ""},
			{[]string{`c"d`}, "acme"}, {[]string{"d"}, ""}, {[]string{"f"}, ""}, {[]string{"é, f"}, "acme"}, {[]string{"%"}, ""},
		} {
			got := namesOf(read(w.store.Devices(w.ctx, control.DeviceFilter{Tags: fleet.TagsOf(c.tags)}, page))(w), func(d fleet.Device) any { return d.Key })
			if got != c.want {
				t.Errorf("tags %q: got %q, want %q", c.tags, got, c.want)
			}
		}
		if d := read(w.store.Device(w.ctx, roof.ID))(w); !d.JetPorch || !d.JetPorchCheck {
			t.Error("the roof has no flag")
		}
		if d := read(w.store.Device(w.ctx, acme.ID))(w); d.JetPorch || d.JetPorchCheck {
			t.Error("the flag is not the roof's alone")
		}
		w.says(roof, fleet.AttributeJetPorch, "no")
		if d := read(w.store.Device(w.ctx, roof.ID))(w); d.JetPorch || !d.JetPorchCheck {
			t.Error("the flag stays, or the other goes with it")
		}
	}},
	{"reads devices by id", func(t *testing.T, w *world) {
		all := w.devices("a", "b", "c")
		got := read(w.store.DevicesByIDs(w.ctx, []fleet.DeviceID{all[2].ID, 99, all[0].ID, all[2].ID}))(w)
		if len(got) != 2 || got[0] != all[0] || got[1] != all[2] {
			t.Errorf("got %+v", got)
		}
	}},
}
