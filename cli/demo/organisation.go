package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// organisation is the units that the demo makes.
type organisation struct{ channel, harbour, depot, city fleet.UnitID }

// organise makes what the console shows of an organisation: a channel with two
// customers and an organisational unit, the devices in them, a group of the
// real agents and one of the simulated devices, and a user of each role.
func (d *demo) organise(ctx context.Context) error {
	o, err := d.makeUnits(ctx)
	if err != nil {
		return err
	}
	if err := d.placeDevices(ctx, o); err != nil {
		return err
	}
	for _, g := range []struct {
		name, description string
		members           []string
	}{
		{"Real agents", "Each a process of its own that works in a sandbox: try a JetPorch script on them", d.keys()[:len(d.agents)]},
		{"Simulated gateways", "Every simulated device of the demo", d.simulated},
	} {
		made, err := d.server.Control.CreateGroup(ctx, d.actor, fleet.Group{UnitID: o.channel, Name: g.name, Description: g.description})
		if err != nil {
			return err
		}
		if _, err := d.server.Control.AddMembers(ctx, d.actor, made.ID, g.members); err != nil {
			return err
		}
	}
	d.say("units     Demo Channel with the customers Harbour (and its unit Depot) and City; groups Real agents and Simulated gateways")
	return d.makeUsers(ctx, o)
}

func (d *demo) makeUnits(ctx context.Context) (o organisation, err error) {
	for _, u := range []struct {
		to     *fleet.UnitID
		parent func() fleet.UnitID
		kind   fleet.UnitKind
		name   string
	}{
		{&o.channel, func() fleet.UnitID { return fleet.Root }, fleet.Channel, "Demo Channel"},
		{&o.harbour, func() fleet.UnitID { return o.channel }, fleet.Customer, "Harbour"},
		{&o.depot, func() fleet.UnitID { return o.harbour }, fleet.OU, "Depot"},
		{&o.city, func() fleet.UnitID { return o.channel }, fleet.Customer, "City"},
	} {
		made, err := d.server.Control.CreateUnit(ctx, d.actor, u.parent(), u.kind, u.name)
		if err != nil {
			return o, err
		}
		*u.to = made.ID
	}
	return o, nil
}

// placeDevices spreads the devices over the units, in turn.
func (d *demo) placeDevices(ctx context.Context, o organisation) error {
	units := []fleet.UnitID{o.harbour, o.depot, o.city}
	keys := d.keys()
	rows := make([]control.Import, len(keys))
	for i, key := range keys {
		rows[i] = control.Import{Key: key, UnitID: units[i%len(units)]}
	}
	_, _, err := d.server.Control.ImportDevices(ctx, d.actor, rows)
	return err
}

// makeUsers makes a user of each role and prints how to sign in.
func (d *demo) makeUsers(ctx context.Context, o organisation) error {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nrole\tuser\tpassword")
	for _, u := range []struct {
		role fleet.Role
		name string
		unit fleet.UnitID
	}{
		{fleet.ChannelAdministrator, "channel@demo.example", o.channel},
		{fleet.CustomerAdministrator, "customer@demo.example", o.harbour},
		{fleet.ServiceAdministrator, "administrator@demo.example", o.channel},
		{fleet.ServiceOperator, "operator@demo.example", o.channel},
		{fleet.ServiceViewer, "viewer@demo.example", o.channel},
	} {
		password, err := d.makeUser(ctx, u.name, u.unit, u.role)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", u.role, u.name, password)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	d.say("%s", strings.TrimRight(table.String(), "\n"))
	return nil
}

// makeUser returns a password that is good at once: the first one, which has
// to be changed at the first sign-in, is changed here.
func (d *demo) makeUser(ctx context.Context, name string, unit fleet.UnitID, role fleet.Role) (string, error) {
	first, user, err := d.server.Control.CreateUser(ctx, d.actor, name, unit, role)
	if err != nil {
		return "", err
	}
	password := rand.Text()
	return password, d.server.Control.ChangePassword(ctx, control.Actor{User: user}, first, password)
}

// publish puts the release into the catalogue and makes a Magic Link to it for
// two devices.
func (d *demo) publish(ctx context.Context, r fleet.Release) error {
	if _, err := d.server.Control.SetPredefined(ctx, d.actor, r.ID, true); err != nil {
		return err
	}
	keys := d.keys()[:2]
	hash, _, err := d.server.Control.CreateMagicLink(ctx, d.actor, r.ID, keys, "made by the demo")
	if err == nil {
		d.say("offered   %s %s, as a pre-defined update\nlink      %s, a Magic Link for %s", r.Name, r.Version, hash, strings.Join(keys, " and "))
	}
	return err
}
