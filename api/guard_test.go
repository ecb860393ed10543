package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/api"
)

func TestWithoutATokenEveryRouteThatIsNotPublicAnswers401(t *testing.T) {
	c := newCaller(t)
	for _, row := range api.Rows() {
		if row.Needs == "public" {
			continue
		}
		for _, header := range [][]string{nil, {"Authorization", "Bearer wrong"}, {"Authorization", "Basic YTpi"}, {"Cookie", "sluice=wrong"},
			{"Cookie", "__Host-sluice=" + c.Token}, {"Authorization", "Bearer " + strings.Repeat("x", 5000)}} {
			a := c.send(row.Method, row.Path, "{broken", header...)
			a.problem(401, "denied", "not signed in")
			if a.header.Get("WWW-Authenticate") == "" || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%v: got header %v", row, a.header)
			}
		}
	}
}

func TestWithoutTheRightEveryRouteAnswers403(t *testing.T) {
	c := newCaller(t)
	token := c.Nobody()
	for _, row := range api.Rows() {
		if !strings.Contains(row.Needs, ".") {
			continue
		}
		c.send(row.Method, row.Path, "{broken", "Authorization", "Bearer "+token).problem(403, "denied", "nobody may not "+row.Needs+" in ")
	}
}

func TestTheConsolesCookieIsASession(t *testing.T) {
	c := newCaller(t)
	c.send("GET", "/me", nil, "Cookie", "sluice="+c.Token).into(200, nil)
	c.send("POST", "/tokens", object{"kind": "one_time"}, "Cookie", "sluice="+c.Token, "Sec-Fetch-Site", "same-origin").into(201, nil)
	c.send("POST", "/tokens", object{"kind": "one_time"}, "Cookie", "sluice="+c.Token, "Sec-Fetch-Site", "cross-site").
		problem(403, "denied", "a page of another site may not use this session")
	c.send("POST", "/tokens", object{"kind": "one_time"}, "Cookie", "sluice="+c.Token, "Origin", "https://evil.example").
		problem(403, "denied", "another site")
}

func TestASessionEnds(t *testing.T) {
	c := newCaller(t)
	var s struct {
		Token     string
		ExpiresAt time.Time `json:"expires_at"`
		User      struct {
			Name   string
			Grants []struct{ Role, Unit string }
		}
	}
	c.send("POST", "/login", object{"name": "admin", "password": c.Password}).into(200, &s)
	if s.User.Name != "admin" || len(s.User.Grants) != 1 || s.User.Grants[0].Role != "CHANNEL_ADMINISTRATOR" || !s.ExpiresAt.Equal(c.Clock.Now().Add(12*time.Hour)) {
		t.Errorf("got %+v", s)
	}
	c.send("GET", "/me", nil, "Authorization", "bearer "+s.Token).into(200, nil)
	c.send("POST", "/logout", nil, "Authorization", "Bearer "+s.Token).into(204, nil)
	c.send("GET", "/me", nil, "Authorization", "Bearer "+s.Token).problem(401, "denied", "not signed in")
	c.do("GET", "/me", nil).into(200, nil)
	c.Clock.Advance(12 * time.Hour)
	c.do("GET", "/me", nil).problem(401, "denied", "not signed in")
}

func TestNoSecretIsLogged(t *testing.T) {
	c := newCaller(t)
	c.send("POST", "/login", object{"name": "admin", "password": c.Password}).into(200, nil)
	c.send("POST", "/login", object{"name": "admin", "password": []string{"wrong-" + c.Password}}).problem(422, "invalid", "body.password: expected string")
	c.do("GET", "/me", nil).into(200, nil)
	c.do("GET", "/devices?q="+c.Token, nil).into(200, nil)
	var token struct{ Secret string }
	c.do("POST", "/tokens", object{"kind": "one_time"}).into(201, &token)
	for _, secret := range []string{c.Password, c.Token, token.Secret} {
		if secret == "" || strings.Contains(c.Log.String(), secret) {
			t.Errorf("a secret is in the log or was not given")
		}
	}
	a := c.send("POST", "/login", object{"name": "admin", "password": 12345678})
	if strings.Contains(string(a.body), "12345678") {
		t.Errorf("the password is repeated: %s", a.body)
	}
}
