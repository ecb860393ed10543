package control_test

import (
	"bytes"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

func TestARoleHoldsInItsUnitAndBelowAndNowhereElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	channel := w.unit(fleet.Root, fleet.Channel, "Channel")
	north := w.unit(channel, fleet.Customer, "North")
	rennes := w.unit(north, fleet.OU, "Rennes")
	west := w.unit(channel, fleet.Customer, "West")
	viewer := w.user("viewer", fleet.ServiceViewer, rennes)
	w.must(w.SetGrant(t.Context(), w.admin, viewer.User.ID, north, fleet.ServiceViewer))
	w.must(w.SetGrant(t.Context(), w.admin, viewer.User.ID, west, fleet.ServiceAdministrator))
	viewer = w.actor("viewer")
	for _, c := range []struct {
		do    fleet.Action
		in    fleet.UnitID
		allow bool
	}{
		{fleet.DeviceRead, rennes, true}, {fleet.DeviceRead, north, true}, {fleet.DeviceRead, channel, false}, {fleet.DeviceRead, fleet.Root, false},
		{fleet.UpdateWrite, west, true}, {fleet.UpdateWrite, north, false}, {fleet.UpdateWrite, rennes, false},
	} {
		d, err := w.Can(t.Context(), w.admin, "viewer", c.do, c.in)
		w.must(err)
		if got := w.Authorize(t.Context(), viewer, c.do, c.in) == nil; got != c.allow || d.Allowed != c.allow || d.Right.Rule == "" {
			t.Errorf("%s in %s: got %v, %+v", c.do, c.in, got, d)
		}
		if c.allow && d.Grant.Unit.ID == 0 {
			t.Errorf("%s in %s: the grant is not named", c.do, c.in)
		}
	}
	if _, err := w.Can(t.Context(), viewer, "admin", fleet.DeviceRead, fleet.Root); fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("a viewer asks after others: %v", err)
	}
}

func TestListsShowOnlyTheActorsUnits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	north, west := w.unit(fleet.Root, fleet.Customer, "North"), w.unit(fleet.Root, fleet.Customer, "West")
	for key, unit := range map[string]fleet.UnitID{"n": north, "w": west} {
		_, err := w.PlaceDevice(t.Context(), w.admin, w.device(key, "m").ID, unit, "")
		w.must(err)
	}
	u := w.update(w.release("r", "1", "m"), "n", "w")
	a := w.user("north", fleet.ServiceAdministrator, north)
	page := control.Page{Limit: 10}
	devices, err := w.Devices(t.Context(), a, control.DeviceFilter{}, page)
	if err != nil || len(devices) != 1 || devices[0].Key != "n" {
		t.Errorf("got %v, %v", devices, err)
	}
	executions, err := w.Executions(t.Context(), a, control.ExecutionFilter{UpdateID: u.ID}, page)
	if err != nil || len(executions) != 1 || executions[0].Device.Key != "n" {
		t.Errorf("got %v, %v", executions, err)
	}
	releases, err := w.Releases(t.Context(), a, control.ReleaseFilter{}, page)
	if err != nil || len(releases) != 1 {
		t.Errorf("a release of a unit above is not found: %v, %v", releases, err)
	}
	n, err := w.CancelUpdate(t.Context(), a, u.ID)
	if err != nil || n != 1 {
		t.Errorf("cancelled %d, %v", n, err)
	}
	w.stands(u, "w", fleet.Pending, "waits for the next telemetry message")
	if err := w.CancelExecution(t.Context(), a, w.execution(u, "w").ID); fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("another customer's: %v", err)
	}
}

func TestWhatOneCustomerOwnsIsNotForAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	north, west := w.unit(fleet.Root, fleet.Customer, "North"), w.unit(fleet.Root, fleet.Customer, "West")
	for key, unit := range map[string]fleet.UnitID{"n": north, "w": west} {
		_, err := w.PlaceDevice(t.Context(), w.admin, w.device(key, "m").ID, unit, "")
		w.must(err)
	}
	a, b := w.user("a", fleet.ServiceAdministrator, north), w.user("b", fleet.ServiceAdministrator, west)
	file, err := w.Upload(t.Context(), a, "r.sup", bytes.NewReader(w.pack("r", "1", "m")))
	w.must(err)
	r, err := w.CreateRelease(t.Context(), a, file.ID, false)
	w.must(err)
	u := w.update(r, "n", "w")
	w.stands(u, "n", fleet.Pending, "waits for the next telemetry message")
	w.stands(u, "w", fleet.Refused, "the release is of North, the device is in West")
	hash, _, err := w.CreateMagicLink(t.Context(), a, r.ID, []string{"n"}, "")
	w.must(err)
	_, err = w.CreateUpdate(t.Context(), b, control.NewUpdate{Type: fleet.MagicLinkUpdate, MagicLink: hash, Audience: fleet.Audience{All: true}})
	refused(t, err, fleet.NotFound, "the Magic Link is unknown or was revoked")
	_, _, err = w.ImportDevices(t.Context(), b, []control.Import{{Key: "x"}, {Key: "y", UnitID: north}})
	if fleet.CodeOf(err) != fleet.Denied || !strings.HasPrefix(fleet.Sentence(err), "row 2: ") {
		t.Errorf("got %v", err)
	}
}

func TestNobodyGivesARoleAboveTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	north := w.unit(fleet.Root, fleet.Customer, "North")
	manager := w.user("manager", fleet.CustomerAdministrator, north)
	for _, role := range fleet.Roles {
		_, _, err := w.CreateUser(t.Context(), manager, "new-"+strings.ToLower(string(role)), north, role)
		if (err == nil) == (role == fleet.ChannelAdministrator) {
			t.Errorf("%s: got %v", role, err)
		}
	}
	if _, _, err := w.CreateUser(t.Context(), manager, "elsewhere", fleet.Root, fleet.ServiceViewer); fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("outside the unit: %v", err)
	}
	for name, err := range map[string]error{
		"reset":   second(w.ResetPassword(t.Context(), manager, w.admin.User.ID)),
		"disable": w.SetUserDisabled(t.Context(), manager, w.admin.User.ID, true),
		"grant":   w.SetGrant(t.Context(), manager, w.admin.User.ID, north, fleet.ServiceViewer),
		"own":     w.SetGrant(t.Context(), manager, manager.User.ID, north, fleet.ChannelAdministrator),
	} {
		if fleet.CodeOf(err) != fleet.Denied {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestAUserChoosesAPasswordFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	password, u, err := w.CreateUser(t.Context(), w.admin, "new@example.org", fleet.Root, fleet.ServiceViewer)
	w.must(err)
	token, _, err := w.SignIn(t.Context(), "new@example.org", password)
	w.must(err)
	a, err := w.Authenticate(t.Context(), token)
	w.must(err)
	refused(t, w.Authorize(t.Context(), a, fleet.DeviceRead, fleet.Root), fleet.Denied, "new@example.org has to choose a password first")
	refused(t, w.ChangePassword(t.Context(), a, password, "short"), fleet.Invalid, "a password has 12 to 1024 characters")
	refused(t, w.ChangePassword(t.Context(), a, "wrong", "a long enough one"), fleet.Denied, "cannot change the password: the old one is wrong")
	w.must(w.ChangePassword(t.Context(), a, password, "a long enough one"))
	if _, err := w.Authenticate(t.Context(), token); fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("the old session goes on: %v", err)
	}
	token, _, err = w.SignIn(t.Context(), "new@example.org", "a long enough one")
	w.must(err)
	if a, err = w.Authenticate(t.Context(), token); err != nil || w.Authorize(t.Context(), a, fleet.DeviceRead, fleet.Root) != nil {
		t.Errorf("got %v", err)
	}
	w.must(w.SetUserDisabled(t.Context(), w.admin, u.ID, true))
	if _, err := w.Authenticate(t.Context(), token); fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("a disabled user goes on: %v", err)
	}
	_, _, err = w.SignIn(t.Context(), "new@example.org", "a long enough one")
	refused(t, err, fleet.Denied, "cannot sign in: name or password is wrong")
}

func TestAnAPITokenIsLimitedAndEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text, _, err := w.CreateAPIToken(t.Context(), w.admin, "ci", []fleet.Action{fleet.DeviceRead}, time.Hour)
	w.must(err)
	a, err := w.Authenticate(t.Context(), text)
	w.must(err)
	w.must(w.Authorize(t.Context(), a, fleet.DeviceRead, fleet.Root))
	refused(t, w.Authorize(t.Context(), a, fleet.UpdateWrite, fleet.Root), fleet.Denied, "the token is not good for update.write")
	_, _, err = w.CreateAPIToken(t.Context(), a, "more", nil, time.Hour)
	if fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("a token makes tokens: %v", err)
	}
	w.clock.Advance(time.Hour)
	if _, err := w.Authenticate(t.Context(), text); fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("got %v", err)
	}
}

func TestTheAuditLogIsAChain(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/sluice.db"
	w := newWorldOn(t, "sqlite:"+path)
	w.device("gw", "m")
	for {
		n, err := w.Seal(t.Context())
		w.must(err)
		if n == 0 {
			break
		}
	}
	v, err := w.VerifyAudit(t.Context(), w.admin)
	if err != nil || v.Entries < 3 || v.Broken != 0 || len(v.Hash) != 64 {
		t.Fatalf("got %+v, %v", v, err)
	}
	db, err := sql.Open("sqlite", path) // as whoever owns the file could
	w.must(err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `UPDATE audit SET detail = 'nothing happened' WHERE seal = 2`)
	w.must(err)
	if v, err = w.VerifyAudit(t.Context(), w.admin); err != nil || v.Broken != 2 {
		t.Errorf("a changed entry: got %+v, %v", v, err)
	}
}

func TestAnImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	north := w.unit(fleet.Root, fleet.Customer, "North")
	w.device("known", "m")
	rows := []control.Import{{Key: "known", Name: "Roof", UnitID: north}, {Key: "new", UnitID: north}, {Key: "bad", Kind: "toaster"}}
	_, _, err := w.ImportDevices(t.Context(), w.admin, rows)
	refused(t, err, fleet.Invalid, `row 3: the kind is gateway or thin_client, not "toaster"`)
	if list, err := w.Devices(t.Context(), w.admin, control.DeviceFilter{UnitID: north}, control.Page{Limit: 10}); err != nil || len(list) != 0 {
		t.Errorf("got %v, %v", list, err)
	}
	made, changed, err := w.ImportDevices(t.Context(), w.admin, rows[:2])
	if err != nil || made != 1 || changed != 1 {
		t.Errorf("made %d, changed %d, %v", made, changed, err)
	}
	token, _, err := w.CreateToken(t.Context(), w.admin, control.NewToken{Kind: fleet.Application})
	w.must(err)
	d, err := w.Admit(t.Context(), control.Introduction{Key: "new", Password: token, AppID: "x", Link: fleet.TR50})
	if err != nil || d.State != fleet.DeviceAccepted || d.UnitID != north {
		t.Errorf("an imported device connects: %+v, %v", d, err)
	}
}
