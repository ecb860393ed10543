package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/web"
)

func TestWhoIsNotSignedInIsSentToSignInAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t).open(web.Options{})
	b := w.browser()
	a := b.get("/executions?state=failed")
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/sign-in?next=%2Fexecutions%3Fstate%3Dfailed" {
		t.Fatalf("got %d to %s", a.status, a.header.Get("Location"))
	}
	if a = b.get(a.header.Get("Location")); !a.has(`name="next" value="/executions?state=failed"`, "The server printed the password") {
		t.Fatalf("the form does not know the way back: %s", a.body)
	}
	a = b.post("/sign-in", url.Values{"name": {"admin"}, "password": {w.password}, "next": {"/executions?state=failed"}})
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/executions?state=failed" {
		t.Fatalf("got %d to %s", a.status, a.header.Get("Location"))
	}
	cookie := a.header.Get("Set-Cookie")
	for _, want := range []string{"sluice=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie has no %s", want)
		}
	}
	if a = b.get("/executions"); a.status != http.StatusOK {
		t.Fatalf("signed in, got %d", a.status)
	}
	b.post("/sign-out", nil)
	if a = b.get("/executions"); a.status != http.StatusSeeOther {
		t.Fatalf("signed out, got %d", a.status)
	}
}

func TestAWrongPasswordKeepsTheNameAndSaysWhy(t *testing.T) {
	t.Parallel()
	b := newWorld(t).open(web.Options{}).browser()
	a := b.post("/sign-in", url.Values{"name": {`ann"><b>`}, "password": {"not the password"}})
	if a.status != http.StatusUnauthorized || !a.has(`value="ann&#34;&gt;&lt;b&gt;"`, "name or password is wrong", `role="alert"`) {
		t.Fatalf("got %d: %s", a.status, a.body)
	}
	if strings.Contains(a.body, "not the password") {
		t.Error("the page repeats the password")
	}
	for range 8 {
		a = b.post("/sign-in", url.Values{"name": {"admin"}, "password": {"not the password"}})
	}
	if a = b.post("/sign-in", url.Values{"name": {"admin"}, "password": {"not the password"}}); a.status != http.StatusTooManyRequests || !a.has("try again after") || a.header.Get("Retry-After") == "" {
		t.Errorf("after nine guesses: got %d", a.status)
	}
}

func TestTheWayBackLeadsToThisServerOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t).open(web.Options{})
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", "", "devices"} {
		a := w.browser().post("/sign-in", url.Values{"name": {"admin"}, "password": {w.password}, "next": {next}})
		if a.header.Get("Location") != "/devices" {
			t.Errorf("%q leads to %s", next, a.header.Get("Location"))
		}
	}
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t).open(web.Options{})
	d := w.waiting("box-1")
	b := w.signedIn()
	a := b.do(http.MethodPost, "/devices/"+d.ID.String()+"/accept", nil, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	if a.status != http.StatusForbidden {
		t.Fatalf("got %d", a.status)
	}
	if now, err := w.Device(t.Context(), w.admin, d.ID); err != nil || now.State != "pending" {
		t.Errorf("the device is %s, %v", now.State, err)
	}
}
