package web_test

import (
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// goodScript is a JetPorch script that can run.
const goodScript = "- name: set the packet forwarder\n  groups: [all]\n  tasks:\n    - !shell\n      cmd: \"uptime > /tmp/x && echo 'y'\"\n"

// seedOrganisation adds what the first sources speak of: units, a group with
// an update, a catalogue, a Magic Link, users, a location.
func (w *world) seedOrganisation(s *seeded) {
	w.t.Helper()
	ctx := w.t.Context()
	rennes, lyon := w.organisation()
	s.rennes, s.lyon = rennes, lyon
	members := s.gateways[9:14]
	for _, d := range members {
		_, err := w.PlaceDevice(ctx, w.admin, d.ID, rennes.ID, "")
		w.must(err)
	}
	s.group = w.group(rennes, "iStation 868", members...)
	w.group(fleet.Unit{}, "Test bench", s.gateways[0])
	keros, err := w.SetPredefined(ctx, w.admin, 2, true)
	w.must(err)
	_, err = w.SetPredefined(ctx, w.admin, 1, true)
	w.must(err)
	_, _, err = w.CreateMagicLink(ctx, w.admin, keros.ID, keys(s.gateways[:3]), "for the pilot in Rennes")
	w.must(err)
	_, s.person, err = w.CreateUser(ctx, w.admin, "anne@example.com", rennes.ID, fleet.ServiceOperator)
	w.must(err)
	_, _, err = w.CreateAPIToken(ctx, w.admin, "nightly export", []fleet.Action{fleet.DeviceRead}, 24*time.Hour)
	w.must(err)
	w.giveTyped(control.NewUpdate{Type: fleet.JetPorch, Script: goodScript, Audience: fleet.Audience{Devices: []string{s.gateways[0].Key}}})
	s.grouped, err = w.CreateUpdate(ctx, w.admin, control.NewUpdate{Type: fleet.Predefined, ReleaseID: keros.ID, Audience: fleet.Audience{GroupID: s.group.ID}})
	w.must(err)
	w.send(members[0])
	w.must(w.CancelExecution(ctx, w.admin, w.executionOf(members[1]).ID))
	w.contact(s.gateways[0], fleet.Value{Kind: fleet.Location, Key: "location", Text: `{"lat":48.1147,"lng":-1.6794,"altitude":54}`, At: w.clock.Now().Add(-12 * time.Minute)})
	_, err = w.Seal(ctx)
	w.must(err)
}
