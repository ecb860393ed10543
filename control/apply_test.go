package control_test

import (
	"archive/zip"
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/testpg"
)

// checks is a gateway in the unit that can run a script in check mode.
func (w *world) checks(key string, in fleet.UnitID) fleet.Device {
	w.t.Helper()
	d := w.device(key, "m")
	w.must(w.Store.Write(w.t.Context(), func(ctx context.Context, tx control.Tx) error { return tx.PlaceDevice(ctx, d.ID, in, "") }))
	w.contact(d, fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeJetPorch, Text: "true"},
		fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeJetPorchCheck, Text: "true"})
	return d
}

// bundle uploads a playbook with its bundle.yaml.
func (w *world) bundle(name string, files map[string]string) (fleet.Release, error) {
	w.t.Helper()
	var b bytes.Buffer
	packed := zip.NewWriter(&b)
	for name, content := range files {
		f, err := packed.Create(name)
		w.must(err)
		_, err = f.Write([]byte(content))
		w.must(err)
	}
	w.must(packed.Close())
	f, err := w.Upload(w.t.Context(), w.admin, name, &b)
	w.must(err)
	return w.CreateRelease(w.t.Context(), w.admin, f.ID, false)
}

// answers hands over what is pending on the device, which succeeds.
func (w *world) answers(d fleet.Device) {
	w.t.Helper()
	w.contact(d)
	w.offer(d)
	mail := w.mail(d, "session")
	w.ack(d, mail[len(mail)-1].ID, 0, "")
}

func checkOf(to fleet.Audience, key string) control.NewUpdate {
	return control.NewUpdate{Type: fleet.JetPorch, Script: script, Check: true, Audience: to, IdempotencyKey: key}
}

func TestAnIdempotencyKeyStandsForOneCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.checks("gw", fleet.Root)
	n := checkOf(fleet.Audience{Devices: []string{"gw"}}, "k")
	first, err := w.CreateUpdate(t.Context(), w.admin, n)
	w.must(err)
	if again, err := w.CreateUpdate(t.Context(), w.admin, n); err != nil || again.ID != first.ID {
		t.Errorf("a script that is sent again: got update %s, %v", again.ID, err)
	}
	w.answers(d)
	const sentence = "cannot give the update: its idempotency key was used for update 1, which is another command; take another key"
	_, err = w.ApplyCheck(t.Context(), w.admin, first.ID, "k")
	refused(t, err, fleet.Conflict, sentence)
	n.Check = false
	_, err = w.CreateUpdate(t.Context(), w.admin, n)
	refused(t, err, fleet.Conflict, sentence)
	n.Check, n.Script = true, script+"# another\n"
	_, err = w.CreateUpdate(t.Context(), w.admin, n)
	refused(t, err, fleet.Conflict, sentence)
}

func TestACheckIsAppliedByWhoMayUpdateWhatItHangsOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	acme, other := w.unit(fleet.Root, fleet.Customer, "Acme"), w.unit(fleet.Root, fleet.Customer, "Other")
	roof := w.unit(acme, fleet.OU, "Roof")
	ada, bob := w.user("ada", fleet.ServiceAdministrator, acme), w.user("bob", fleet.ServiceAdministrator, other)
	mine := w.checks("mine", roof)
	w.checks("theirs", other)
	check := func(to fleet.Audience) fleet.Update {
		u, err := w.CreateUpdate(t.Context(), w.admin, checkOf(to, ""))
		w.must(err)
		w.answers(mine)
		return u
	}
	ofGroup := check(fleet.Audience{GroupID: w.group("all", "mine", "theirs").ID})
	_, err := w.ApplyCheck(t.Context(), ada, ofGroup.ID, "")
	if fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("who may not update the group of a check applies it: %v", err)
	}
	_, err = w.CancelUpdate(t.Context(), w.admin, ofGroup.ID)
	w.must(err)
	named := check(fleet.Audience{Devices: []string{"mine", "theirs"}})
	if _, err := w.PlanApplyCheck(t.Context(), bob, named.ID); fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("a check that succeeded on devices of another unit is applied: %v", err)
	}
	apply, err := w.ApplyCheck(t.Context(), ada, named.ID, "")
	w.must(err)
	if apply.UnitID != roof || apply.GroupID != 0 || apply.Counts.Total() != 1 {
		t.Errorf("the update hangs on unit %s, want %s: %+v", apply.UnitID, roof, apply)
	}
}

// Whoever is quick with the button, and whichever request a proxy repeats: a
// check is applied once on a device that has not taken it yet.
func TestManyApplyACheckAtOnceAndOneDoes(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"sqlite:" + t.TempDir() + "/a.db", testpg.URL(t)} {
		w := newWorldOn(t, url)
		d := w.checks("gw", fleet.Root)
		check, err := w.CreateUpdate(t.Context(), w.admin, checkOf(fleet.Audience{Devices: []string{"gw"}}, ""))
		w.must(err)
		w.answers(d)
		var all sync.WaitGroup
		var given, refusals [12]string
		for i := range given {
			all.Go(func() {
				u, err := w.ApplyCheck(t.Context(), w.admin, check.ID, []string{"a", "b", "c"}[i%3])
				if given[i] = u.ID.String(); err != nil {
					given[i], refusals[i] = "", string(fleet.CodeOf(err))
				}
			})
		}
		all.Wait()
		ids := slices.Compact(slices.Sorted(slices.Values(given[:])))
		why := slices.Compact(slices.Sorted(slices.Values(refusals[:])))
		if !slices.Equal(ids, []string{"", "2"}) || !slices.Equal(why, []string{"", "conflict"}) {
			t.Errorf("got updates %q, refusals %q", given, refusals)
		}
		if list, err := w.Updates(t.Context(), w.admin, control.UpdateFilter{CheckID: check.ID}, control.Page{Limit: 10}); err != nil || len(list) != 1 {
			t.Errorf("got %+v, %v", list, err)
		}
	}
}

func TestACheckIsAppliedAgainOnlyWhereItWasNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.checks("a", fleet.Root), w.checks("b", fleet.Root)
	check, err := w.CreateUpdate(t.Context(), w.admin, checkOf(fleet.Audience{Devices: []string{"a", "b"}}, ""))
	w.must(err)
	apply := func(want string) {
		t.Helper()
		u, err := w.ApplyCheck(t.Context(), w.admin, check.ID, "")
		if want == "" {
			refused(t, err, fleet.Conflict, "cannot apply check 1: on every device on which it succeeded it was applied, or is on the way")
			return
		}
		w.must(err)
		list, err := w.Executions(t.Context(), w.admin, control.ExecutionFilter{UpdateID: u.ID}, control.Page{Limit: 9})
		if err != nil || len(list) != 1 || list[0].Device.Key != want || list[0].State != fleet.Pending {
			t.Errorf("got %+v, %v, want %s", list, err, want)
		}
	}
	w.answers(a)
	apply("a")
	apply("")
	w.answers(b)
	apply("b")
	w.contact(a)
	w.offer(a)
	apply("")
	mail := w.mail(a, "session")
	w.ack(a, mail[len(mail)-1].ID, 1, "the disk is full")
	apply("a")
	w.answers(a)
	w.answers(b)
	apply("")
}

func TestACheckOfAWithdrawnPredefinedUpdateIsNotApplied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.checks("gw", fleet.Root)
	r, err := w.bundle("line.zip", map[string]string{"bundle.yaml": "name: line\nversion: 1\n", "playbook.yml": script})
	w.must(err)
	_, err = w.SetPredefined(t.Context(), w.admin, r.ID, true)
	w.must(err)
	check, err := w.CreateUpdate(t.Context(), w.admin, control.NewUpdate{Type: fleet.Predefined, ReleaseID: r.ID, Check: true,
		Audience: fleet.Audience{Devices: []string{"gw"}}})
	w.must(err)
	w.answers(d)
	_, err = w.SetPredefined(t.Context(), w.admin, r.ID, false)
	w.must(err)
	_, err = w.ApplyCheck(t.Context(), w.admin, check.ID, "")
	refused(t, err, fleet.Conflict, "cannot apply check 1: line 1 was taken out of the pre-defined updates")
}

func TestATypedScriptOfAUnitAboveIsNotARelease(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	acme := w.unit(fleet.Root, fleet.Customer, "Acme")
	ada := w.user("ada", fleet.ServiceAdministrator, acme)
	w.checks("gw", acme)
	u, err := w.CreateUpdate(t.Context(), w.admin, checkOf(fleet.Audience{Devices: []string{"gw"}}, ""))
	w.must(err)
	if _, err := w.Release(t.Context(), ada, u.ReleaseID); fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("a script that was typed in a unit above is read: %v", err)
	}
	_, _, err = w.CreateMagicLink(t.Context(), w.admin, u.ReleaseID, []string{"gw"}, "")
	refused(t, err, fleet.Invalid, "a JetPorch script that was typed has no Magic Link; make a bundle of it")
	if _, err := w.Release(t.Context(), ada, w.release("a", "1", "m").ID); err != nil {
		t.Errorf("a release of a unit above is not read: %v", err)
	}
}

func TestAServerWithoutAKeySaysWhatItCannotSign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.checks("gw", fleet.Root)
	w.Signer = nil
	_, err := w.CreateUpdate(t.Context(), w.admin, checkOf(fleet.Audience{Devices: []string{"gw"}}, ""))
	refused(t, err, fleet.Conflict, "cannot send the script: this server holds no signing key; sign a package where the key is and upload that")
	_, err = w.bundle("line.zip", map[string]string{"bundle.yaml": "name: line\nversion: 1\n", "playbook.yml": script})
	refused(t, err, fleet.Conflict, "cannot make a release of line.zip: this server holds no signing key; sign a package where the key is and upload that")
}

func TestACheckOfARevokedMagicLinkIsNotApplied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.checks("gw", fleet.Root)
	r, err := w.bundle("line.zip", map[string]string{"bundle.yaml": "name: line\nversion: 1\n", "playbook.yml": script})
	w.must(err)
	hash, link, err := w.CreateMagicLink(t.Context(), w.admin, r.ID, []string{"gw"}, "")
	w.must(err)
	check, err := w.CreateUpdate(t.Context(), w.admin, control.NewUpdate{Type: fleet.MagicLinkUpdate, MagicLink: hash, Check: true,
		Audience: fleet.Audience{Devices: []string{"gw"}}})
	w.must(err)
	w.answers(d)
	if _, err := w.PlanApplyCheck(t.Context(), w.admin, check.ID); err != nil {
		t.Errorf("before it was revoked: %v", err)
	}
	w.must(w.RevokeMagicLink(t.Context(), w.admin, link.ID))
	_, err = w.ApplyCheck(t.Context(), w.admin, check.ID, "")
	refused(t, err, fleet.Conflict, "cannot apply check 1: its Magic Link was revoked since 2026-11-21 12:00:00 UTC")
}
