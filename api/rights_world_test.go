package api_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// rightsWorld is a channel with two customers: users hold roles in Inside, or
// in North above it, and never in Outside alone.
type rightsWorld struct {
	caller
	north           fleet.UnitID
	inside, outside *place
	made            int // numbers what is made
}

// place is a customer with one thing of each kind. Every name in it has the
// name of the place.
type place struct {
	w       *rightsWorld
	name    string
	unit    fleet.UnitID
	maker   control.Actor
	device  fleet.Device
	group   fleet.Group
	file    fleet.File
	release fleet.Release
	user    fleet.User
	update  fleet.Update
	link    fleet.MagicLink
}

func newRightsWorld(t *testing.T) *rightsWorld {
	t.Helper()
	w := &rightsWorld{caller: newCaller(t)}
	w.north = w.Unit(fleet.Root, fleet.Channel, "North")
	w.inside, w.outside = w.place("inside"), w.place("outside")
	return w
}

func (w *rightsWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *rightsWorld) place(name string) *place {
	w.t.Helper()
	p := &place{w: w, name: name, unit: w.Unit(w.north, fleet.Customer, name)}
	var err error
	p.maker, err = w.Control.Authenticate(w.t.Context(), w.User("maker-of-"+name, fleet.ChannelAdministrator, p.unit))
	w.must(err)
	p.device = p.newDevice()
	p.group = p.newGroup()
	_, err = w.Control.AddMembers(w.t.Context(), w.Admin, p.group.ID, []string{p.device.Key})
	w.must(err)
	p.file = p.newPackage()
	p.release, err = w.Control.CreateRelease(w.t.Context(), p.maker, p.file.ID, false)
	w.must(err)
	p.user = p.newUser()
	p.update = p.newUpdate()
	p.link = p.newLink()
	_, _, err = w.Control.CreateToken(w.t.Context(), w.Admin, control.NewToken{Kind: fleet.OneTime, UnitID: p.unit, Note: name})
	w.must(err)
	return p
}

// next is a name that nothing has yet.
func (p *place) next() string {
	p.w.made++
	return fmt.Sprintf("%s-%d", p.name, p.w.made)
}

func (p *place) newDevice() fleet.Device { return p.w.DeviceIn(p.unit, p.next(), "m") }

func (p *place) newGroup() fleet.Group {
	g, err := p.w.Control.CreateGroup(p.w.t.Context(), p.w.Admin, fleet.Group{UnitID: p.unit, Name: p.next()})
	p.w.must(err)
	return g
}

func (p *place) newPackage() fleet.File {
	name := p.next()
	f, err := p.w.Control.Upload(p.w.t.Context(), p.maker, name+".sup", bytes.NewReader(p.w.Package(name, "1", "m")))
	p.w.must(err)
	return f
}

func (p *place) newUser() fleet.User {
	name := p.next()
	p.w.User(name, fleet.ServiceViewer, p.unit)
	u, err := p.w.Store.UserByName(p.w.t.Context(), name)
	p.w.must(err)
	return u
}

func (p *place) newUpdate() fleet.Update {
	return p.w.Update(p.release, p.newDevice().Key)
}

// newCheck is a check that has succeeded on a new device.
func (p *place) newCheck() fleet.Update {
	d := p.newDevice()
	p.w.Checks(d)
	u, err := p.w.Control.CreateUpdate(p.w.t.Context(), p.w.Admin, control.NewUpdate{Type: fleet.JetPorch, Script: script(p.next()), Check: true,
		Audience: fleet.Audience{Devices: []string{d.Key}}})
	p.w.must(err)
	p.w.Contact(d)
	p.w.Offer(d)
	p.w.Report(d, fleet.Succeed, "would change 1 of 1 tasks: hello", nil)
	return u
}

func (p *place) newExecution() fleet.ExecutionID {
	list, err := p.w.Control.Executions(p.w.t.Context(), p.w.Admin, control.ExecutionFilter{UpdateID: p.newUpdate().ID}, control.Page{Limit: 1})
	p.w.must(err)
	return list[0].ID
}

func (p *place) newLink() fleet.MagicLink {
	_, m, err := p.w.Control.CreateMagicLink(p.w.t.Context(), p.w.Admin, p.release.ID, []string{p.device.Key}, p.name)
	p.w.must(err)
	return m
}

func (p *place) newHash() string {
	hash, _, err := p.w.Control.CreateMagicLink(p.w.t.Context(), p.w.Admin, p.release.ID, []string{p.device.Key}, p.name)
	p.w.must(err)
	return hash
}

// sup is an update of the place's release for an audience.
func (p *place) sup(audience object) object {
	return object{"type": "sup", "release_id": p.release.ID, "audience": audience}
}

// crowd is a group of one new device.
func (p *place) crowd() fleet.Group {
	g := p.newGroup()
	_, err := p.w.Control.AddMembers(p.w.t.Context(), p.w.Admin, g.ID, []string{p.newDevice().Key})
	p.w.must(err)
	return g
}

// stray is a device of Outside that does not bear its name.
func (w *rightsWorld) stray() fleet.Device {
	w.made++
	return w.DeviceIn(w.outside.unit, fmt.Sprintf("stray-%d", w.made), "m")
}
