package control_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// The rules of the first two source documents, as the use cases keep them.

// script is a JetPorch script with nothing wrong in it.
const script = "- name: site\n  groups:\n    - all\n  tasks:\n    - !echo\n      msg: hello\n"

func TestUpdateCommandsAreForTwoRolesOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device("gw", "m")
	r := w.release("a", "1", "m")
	u := w.update(r, "gw")
	id := w.execution(u, "gw").ID
	for _, role := range fleet.Roles {
		a := w.user(strings.ToLower(string(role)), role, fleet.Root)
		may := role == fleet.ServiceAdministrator || role == fleet.ChannelAdministrator
		_, plan := w.PlanUpdate(t.Context(), a, control.NewUpdate{Type: fleet.JetPorch, Script: script, Audience: fleet.Audience{All: true}})
		_, give := w.CreateUpdate(t.Context(), a, control.NewUpdate{Type: fleet.JetPorch, Script: script, Audience: fleet.Audience{Devices: []string{"gw"}}})
		cancel := w.CancelExecution(t.Context(), a, id)
		_, history := w.Execution(t.Context(), a, id)
		if history != nil {
			t.Errorf("%s does not see the history: %v", role, history)
		}
		if w.May(a, fleet.UpdateWrite) != may {
			t.Errorf("%s: the page that gives commands is wrongly shown or hidden", role)
		}
		for what, err := range map[string]error{"plan": plan, "give": give, "cancel": cancel} {
			if denied := fleet.CodeOf(err) == fleet.Denied; denied == may {
				t.Errorf("%s: %s: got %v", role, what, err)
			}
			if !may && !strings.Contains(fleet.Sentence(err), "update commands are for SERVICE_ADMINISTRATOR and CHANNEL_ADMINISTRATOR only") {
				t.Errorf("%s: %s does not name the rule: %v", role, what, err)
			}
		}
	}
}

func TestAGatewayTakesNoSecondCommandOfAPendingType(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw", "m")
	r := w.release("a", "1", "m")
	w.update(r, "gw")
	_, err := w.CreateUpdate(t.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID, Audience: fleet.Audience{Devices: []string{"gw"}}})
	refused(t, err, fleet.Conflict, "cannot give the update to gw: another software update package is pending since 2026-11-21 12:00:00 UTC")
	if list, err := w.Updates(t.Context(), w.admin, control.UpdateFilter{}, control.Page{Limit: 10}); err != nil || len(list) != 1 {
		t.Errorf("the refused command left %d updates, %v", len(list), err)
	}
	hash, _, err := w.CreateMagicLink(t.Context(), w.admin, r.ID, []string{"gw"}, "")
	w.must(err)
	if _, err := w.CreateUpdate(t.Context(), w.admin, control.NewUpdate{Type: fleet.MagicLinkUpdate, MagicLink: hash,
		Audience: fleet.Audience{Devices: []string{"gw"}}}); err != nil {
		t.Errorf("another type may queue: %v", err)
	}
	w.contact(d)
	w.offer(d)
	if _, err := w.CreateUpdate(t.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID,
		Audience: fleet.Audience{Devices: []string{"gw"}}}); err != nil {
		t.Errorf("after it was sent the type is free: %v", err)
	}
}

func TestAGroupTakesNoCommandOfATypeInProgress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.device("a", "m"), w.device("b", "m")
	g := w.group("both", "a", "b")
	r := w.release("r", "1", "m")
	toGroup := control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID, Audience: fleet.Audience{GroupID: g.ID}}

	w.update(r, "a") // for one gateway of the group
	_, err := w.CreateUpdate(t.Context(), w.admin, toGroup)
	refused(t, err, fleet.Conflict, "cannot give the update to the group: another software update package is pending on a")
	w.contact(a)
	w.offer(a)
	u, err := w.CreateUpdate(t.Context(), w.admin, toGroup)
	w.must(err)
	w.stands(u, "b", fleet.Pending, "waits for the next telemetry message")
	_, err = w.CreateUpdate(t.Context(), w.admin, toGroup)
	refused(t, err, fleet.Conflict, "cannot give the update to the group: another software update package is pending on a, b")

	_, err = w.RemoveMembers(t.Context(), w.admin, g.ID, []string{"a", "b"})
	w.must(err)
	w.device("c", "m")
	_, err = w.AddMembers(t.Context(), w.admin, g.ID, []string{"c"})
	w.must(err)
	_, err = w.CreateUpdate(t.Context(), w.admin, toGroup)
	refused(t, err, fleet.Conflict, "cannot give the update to the group: update "+u.ID.String()+", another software update package, is still in progress for it")
	w.contact(b)
	w.offer(b)
	w.must(w.CancelExecution(t.Context(), w.admin, w.execution(u, "a").ID))
	if _, err := w.CreateUpdate(t.Context(), w.admin, toGroup); err != nil {
		t.Errorf("nothing is in progress any more: %v", err)
	}
}

func TestTheStatusOfAGroupCommandFollowsItsGateways(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.device("a", "m"), w.device("b", "m")
	g := w.group("both", "a", "b")
	r := w.release("r", "1", "m")
	u, err := w.CreateUpdate(t.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID, Audience: fleet.Audience{GroupID: g.ID}})
	w.must(err)
	status := func(want fleet.UpdateStatus, dot bool) {
		t.Helper()
		u, err := w.Update(t.Context(), w.admin, u.ID)
		w.must(err)
		waiting, err := w.GroupWaiting(t.Context(), w.admin, g.ID)
		w.must(err)
		if u.Status() != want || waiting != dot {
			t.Errorf("got %s, dot %v, want %s, %v", u.Status(), waiting, want, dot)
		}
	}
	status(fleet.UpdatePending, true)
	w.contact(a)
	w.offer(a)
	status(fleet.UpdateInProgress, true)
	if got := w.execution(u, "a").Sending(); got != fleet.UpdateSent {
		t.Errorf("the gateway's own status: got %s", got)
	}
	w.must(w.CancelExecution(t.Context(), w.admin, w.execution(u, "b").ID)) // one gateway of the group
	status(fleet.UpdatePartiallySent, false)
	if got := w.execution(u, "b").Sending(); got != fleet.UpdateCancelled {
		t.Errorf("the gateway's own status: got %s", got)
	}
	for _, d := range []fleet.Device{a, b} {
		if waiting, err := w.DeviceWaiting(t.Context(), w.admin, d.ID); err != nil || waiting {
			t.Errorf("%s: dot %v, %v", d.Key, waiting, err)
		}
	}
}

func TestAMagicLinkWorksOnlyForDeclaredGateways(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device("declared", "m")
	w.device("other", "m")
	g := w.group("both", "declared", "other")
	hash, m, err := w.CreateMagicLink(t.Context(), w.admin, w.release("r", "1", "m").ID, []string{"declared"}, "from support")
	w.must(err)
	if len(hash) < 32 {
		t.Errorf("the hash %q has less than 128 random bits", hash)
	}
	n := control.NewUpdate{Type: fleet.MagicLinkUpdate, MagicLink: hash, Audience: fleet.Audience{GroupID: g.ID}}
	u, err := w.CreateUpdate(t.Context(), w.admin, n)
	w.must(err)
	w.stands(u, "declared", fleet.Pending, "waits for the next telemetry message")
	w.stands(u, "other", fleet.Refused, "not declared in the Magic Link")
	if strings.Contains(u.Content+u.Title, hash) {
		t.Error("the history shows the whole hash")
	}
	w.must(w.RevokeMagicLink(t.Context(), w.admin, m.ID))
	for _, wrong := range []string{hash, "guess", ""} {
		n.MagicLink = wrong
		_, err = w.CreateUpdate(t.Context(), w.admin, n)
		refused(t, err, fleet.NotFound, "the Magic Link is unknown or was revoked")
	}
}

func TestAJetPorchScriptNeedsKerOS6(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	attribute := func(key, text string) fleet.Value {
		return fleet.Value{Kind: fleet.Attribute, Key: key, Text: text}
	}
	for key, values := range map[string][]fleet.Value{
		"old":  {attribute(fleet.AttributeOS, "KerOS"), attribute(fleet.AttributeVersion, "5.10.1-0-gc7e2b007")},
		"six":  {attribute(fleet.AttributeOS, "KerOS"), attribute(fleet.AttributeVersion, "6.1.2")},
		"able": {attribute(fleet.AttributeOS, "linux"), attribute(fleet.AttributeJetPorch, "true")},
		"none": nil,
	} {
		w.contact(w.device(key, "m"), values...)
	}
	n := control.NewUpdate{Type: fleet.JetPorch, Script: script, Audience: fleet.Audience{Devices: []string{"old", "six", "able", "none"}}}
	u, err := w.CreateUpdate(t.Context(), w.admin, n)
	w.must(err)
	w.stands(u, "old", fleet.Refused, "KerOS 5.10.1-0-gc7e2b007, JetPorch needs KerOS 6")
	w.stands(u, "none", fleet.Refused, "the operating system is unknown, JetPorch needs KerOS 6")
	for _, key := range []string{"six", "able"} {
		w.stands(u, key, fleet.Pending, "waits for the next telemetry message")
	}
	if u.Content != script || u.Release.KeyFingerprint == "" || u.Release.Format != fleet.FormatPlaybook {
		t.Errorf("got %+v", u)
	}
	n.Script = ""
	_, err = w.CreateUpdate(t.Context(), w.admin, n)
	refused(t, err, fleet.Invalid, "a JetPorch script is YAML text of 1 to 262144 bytes")
	n.Script = strings.Replace(script, "!echo", "!ecko", 1)
	_, err = w.CreateUpdate(t.Context(), w.admin, n)
	if fleet.CodeOf(err) != fleet.Invalid || !strings.HasPrefix(fleet.Sentence(err), "cannot send the script: line 5, column 7: ") {
		t.Errorf("a script that cannot run: got %v", err)
	}
}

func TestAPredefinedUpdateComesFromTheCatalogue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device("gw", "m")
	r := w.release("keros", "6.1", "m")
	n := control.NewUpdate{Type: fleet.Predefined, ReleaseID: r.ID, Audience: fleet.Audience{Devices: []string{"gw"}}}
	_, err := w.CreateUpdate(t.Context(), w.admin, n)
	refused(t, err, fleet.Invalid, "keros 6.1 is no pre-defined update")
	_, err = w.SetPredefined(t.Context(), w.admin, r.ID, true)
	w.must(err)
	list, err := w.Releases(t.Context(), w.admin, control.ReleaseFilter{Predefined: true}, control.Page{Limit: 10})
	if err != nil || len(list) != 1 || list[0].Name != "keros" {
		t.Errorf("the catalogue: %v, %v", list, err)
	}
	if _, err := w.CreateUpdate(t.Context(), w.admin, n); err != nil {
		t.Error(err)
	}
}

func TestARefusalNamesTheStepOfTheUpgradePath(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	version := func(v string) fleet.Value {
		return fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeVersion, Text: v}
	}
	w.contact(w.device("three", "m"), version("3.2"))
	w.contact(w.device("two", "m"), version("2.0"))
	w.contact(w.device("four", "m"), version("4.0.1"))
	for _, r := range []struct{ version, from string }{{"4.0", ">=3 <4"}, {"4.1", ">=4 <5"}} {
		release := w.releaseFrom("keros", r.version, r.from)
		_, err := w.SetPredefined(t.Context(), w.admin, release.ID, true)
		w.must(err)
	}
	list, err := w.Releases(t.Context(), w.admin, control.ReleaseFilter{Predefined: true}, control.Page{Limit: 1})
	w.must(err)
	// A step that another customer keeps for itself is not named.
	west := w.user("west", fleet.ServiceAdministrator, w.unit(fleet.Root, fleet.Customer, "West"))
	file, err := w.Upload(t.Context(), west, "keros-4.0.9.sup", bytes.NewReader(w.packFor("keros", "4.0.9", compat.Requirement{Versions: "<3"})))
	w.must(err)
	own, err := w.CreateRelease(t.Context(), west, file.ID, false)
	w.must(err)
	_, err = w.SetPredefined(t.Context(), west, own.ID, true)
	w.must(err)
	u, err := w.CreateUpdate(t.Context(), w.admin, control.NewUpdate{Type: fleet.Predefined, ReleaseID: list[0].ID, Audience: fleet.Audience{All: true}})
	w.must(err)
	w.stands(u, "four", fleet.Pending, "waits for the next telemetry message")
	w.stands(u, "three", fleet.Refused, "installed version is 3.2, the release is for >=4 <5; install keros 4.0 first")
	w.stands(u, "two", fleet.Refused, "installed version is 2.0, the release is for >=4 <5")
}

func TestAnAudienceIsResolvedWhenTheCommandIsGiven(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	north := w.unit(fleet.Root, fleet.Customer, "North")
	rennes := w.unit(north, fleet.OU, "Rennes")
	west := w.unit(fleet.Root, fleet.Customer, "West")
	for key, unit := range map[string]fleet.UnitID{"n1": north, "r1": rennes, "w1": west} {
		_, err := w.PlaceDevice(t.Context(), w.admin, w.device(key, "m").ID, unit, "")
		w.must(err)
	}
	r := w.release("r", "1", "m")
	operator := w.user("op", fleet.ServiceAdministrator, north)
	for _, c := range []struct {
		actor control.Actor
		to    fleet.Audience
		want  string
	}{
		{w.admin, fleet.Audience{UnitID: north}, "n1 r1"},
		{w.admin, fleet.Audience{UnitID: north, UnitOnly: true}, "n1"},
		{w.admin, fleet.Audience{All: true}, "n1 r1 w1"},
		{operator, fleet.Audience{All: true}, "n1 r1"},
		{operator, fleet.Audience{UnitID: west}, ""},
		{operator, fleet.Audience{Devices: []string{"n1", "w1"}}, ""},
	} {
		planned, err := w.PlanUpdate(t.Context(), c.actor, control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID, Audience: c.to})
		var keys []string
		for _, p := range planned {
			keys = append(keys, p.Device.Key)
		}
		slices.Sort(keys)
		if got := strings.Join(keys, " "); got != c.want || (err != nil) != (c.want == "") || err != nil && fleet.CodeOf(err) != fleet.Denied {
			t.Errorf("%s, %+v: got %q, %v", c.actor.Name(), c.to, got, err)
		}
	}
}
