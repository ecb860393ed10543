package control_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

func TestAOneTimeTokenAcceptsOneDevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _, err := w.CreateToken(t.Context(), w.admin, control.NewToken{Kind: fleet.OneTime})
	w.must(err)
	var accepted, refusedToo int
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, key := range []string{"a", "b", "c", "d"} {
		all.Go(func() {
			d, err := w.Admit(t.Context(), control.Introduction{Key: key, Password: token, AppID: key, Link: fleet.TR50})
			mu.Lock()
			defer mu.Unlock()
			if err == nil && d.State == fleet.DeviceAccepted {
				accepted++
			} else if err == control.ErrBadLogin {
				refusedToo++
			}
		})
	}
	all.Wait()
	if accepted != 1 || refusedToo != 3 {
		t.Errorf("%d accepted, %d refused", accepted, refusedToo)
	}
}

func TestAnApplicationTokenLetsDevicesWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _, err := w.CreateToken(t.Context(), w.admin, control.NewToken{Kind: fleet.Application})
	w.must(err)
	if len(token) != 16 || !strings.ContainsAny(token, "0123456789") {
		t.Errorf("TR50 clients would refuse the token %q", token)
	}
	for _, key := range []string{"a", "b"} {
		d, err := w.Admit(t.Context(), control.Introduction{Key: key, Password: token, AppID: "same on each", Link: fleet.TR50})
		if err != nil || d.State != fleet.DevicePending {
			t.Errorf("%s: got %s, %v", key, d.State, err)
		}
	}
	u := w.update(w.release("r", "1", "m"), "a")
	w.stands(u, "a", fleet.Refused, "the device is pending, not accepted")
}

func TestADeviceShowsAgainWhatItShowedFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _, err := w.CreateToken(t.Context(), w.admin, control.NewToken{Kind: fleet.OneTime})
	w.must(err)
	in := control.Introduction{Key: "gw", Password: token, AppID: "secret", Link: fleet.TR50}
	d, err := w.Admit(t.Context(), in)
	w.must(err)
	if again, err := w.Admit(t.Context(), in); err != nil || again.ID != d.ID {
		t.Errorf("got %v, %v", again.ID, err)
	}
	other := in
	other.Password = "wrong"
	if _, err := w.Admit(t.Context(), other); err != control.ErrBadLogin {
		t.Errorf("a wrong password: got %v", err)
	}
	other = in
	other.AppID = "another"
	for range 3 {
		_, err = w.Admit(t.Context(), other)
		refused(t, err, fleet.Denied, "device gw is locked to another application id")
	}
	log, err := w.Log(t.Context(), w.admin, d.ID, control.Page{Limit: 10})
	if err != nil || len(log) != 1 || log[0].Text != "appId mis-match, possible device hi-jacking." {
		t.Errorf("got %v, %v", log, err)
	}
	w.clock.Advance(time.Minute)
	_, err = w.Admit(t.Context(), other)
	refused(t, err, fleet.Denied, "device gw is locked to another application id")
	if log, err := w.Log(t.Context(), w.admin, d.ID, control.Page{Limit: 10}); err != nil || len(log) != 2 {
		t.Errorf("a minute later: got %v, %v", log, err)
	}
	_, err = w.SetDeviceState(t.Context(), w.admin, d.ID, fleet.DeviceRejected)
	w.must(err)
	_, err = w.Admit(t.Context(), in)
	refused(t, err, fleet.Denied, "device gw was rejected")
}

func TestATokenMadeForADeviceReplacesWhatItHad(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw", "m")
	token, _, err := w.CreateToken(t.Context(), w.admin, control.NewToken{Kind: fleet.OneTime, DeviceKey: "gw"})
	w.must(err)
	if _, err := w.Admit(t.Context(), control.Introduction{Key: "thief", Password: token, AppID: "x"}); err != control.ErrBadLogin {
		t.Errorf("another device: got %v", err)
	}
	again, err := w.Admit(t.Context(), control.Introduction{Key: "gw", Password: token, AppID: "new"})
	if err != nil || again.ID != d.ID {
		t.Errorf("got %v, %v", again, err)
	}
	free, _, err := w.CreateToken(t.Context(), w.admin, control.NewToken{Kind: fleet.OneTime})
	w.must(err)
	if _, err := w.Admit(t.Context(), control.Introduction{Key: "gw", Password: free, AppID: "new"}); err != control.ErrBadLogin {
		t.Errorf("any token would take a known device over: %v", err)
	}
}

func TestATokenExpires(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _, err := w.CreateToken(t.Context(), w.admin, control.NewToken{Kind: fleet.OneTime})
	w.must(err)
	w.clock.Advance(24 * time.Hour)
	if _, err := w.Admit(t.Context(), control.Introduction{Key: "gw", Password: token, AppID: "x"}); err != control.ErrBadLogin {
		t.Errorf("got %v", err)
	}
}

func TestPasswordsCannotBeGuessedFast(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 8 {
		_, _, err := w.SignIn(t.Context(), "admin", "wrong password")
		refused(t, err, fleet.Denied, "cannot sign in: name or password is wrong")
	}
	_, _, err := w.SignIn(t.Context(), "admin", "wrong password")
	refused(t, err, fleet.Unavailable, "cannot sign in: 8 wrong passwords in a row; try again after 12:30 UTC")
	if n := refusalsOf(w); n != 1 {
		t.Errorf("eight wrong passwords within a minute leave %d rows in the audit log", n)
	}
	for range 3 {
		_, _, err := w.SignIn(t.Context(), "nobody", "wrong password")
		refused(t, err, fleet.Denied, "cannot sign in: name or password is wrong")
		_, _, err = w.SignIn(t.Context(), strings.Repeat("nobody", 100), "wrong password")
		refused(t, err, fleet.Denied, "cannot sign in: name or password is wrong")
	}
	if n := refusalsOf(w); n != 2 {
		t.Errorf("names that are nobody's leave %d rows", n-1)
	}
	w.clock.Advance(30 * time.Minute)
	_, _, err = w.SignIn(t.Context(), "admin", "wrong password")
	refused(t, err, fleet.Denied, "cannot sign in: name or password is wrong")
}

// refusalsOf counts refused log-ins in the audit log.
func refusalsOf(w *world) (n int) {
	w.t.Helper()
	list, err := w.Audit(w.t.Context(), w.admin, control.Page{Limit: 1000})
	w.must(err)
	for _, e := range list {
		if e.Action == "user.sign_in_refused" {
			n++
		}
	}
	return n
}

func TestASessionLastsTwelveHoursOrUntilSignOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if password, err := w.FirstAdministrator(t.Context()); err != nil || password != "" {
		t.Errorf("a second first administrator: %q, %v", password, err)
	}
	w = newEmptyWorld(t)
	password, err := w.FirstAdministrator(t.Context())
	w.must(err)
	for _, end := range []func(token string){
		func(token string) { w.must(w.SignOut(t.Context(), token)) },
		func(string) { w.clock.Advance(12 * time.Hour) },
	} {
		token, _, err := w.SignIn(t.Context(), "admin", password)
		w.must(err)
		if a, err := w.Authenticate(t.Context(), token); err != nil || a.Name() != "admin" {
			t.Errorf("got %q, %v", a.Name(), err)
		}
		end(token)
		if _, err := w.Authenticate(t.Context(), token); fleet.CodeOf(err) != fleet.Denied {
			t.Errorf("after its end: got %v", err)
		}
	}
}
