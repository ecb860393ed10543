package httpx

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestTheTokenOfARequest(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, header, cookie string
		tls                  bool
		token                string
		fromCookie           bool
	}{
		{name: "none"},
		{name: "bearer", header: "Bearer abc", token: "abc"},
		{name: "small letters", header: "bearer abc", token: "abc"},
		{name: "another scheme", header: "Basic abc"},
		{name: "another scheme hides the cookie", header: "Basic abc", cookie: "sluice=c"},
		{name: "bearer before cookie", header: "Bearer abc", cookie: "sluice=c", token: "abc"},
		{name: "cookie", cookie: "sluice=c", token: "c", fromCookie: true},
		{name: "plain cookie over TLS", cookie: "sluice=c", tls: true},
		{name: "host cookie over TLS", cookie: "__Host-sluice=c", tls: true, token: "c", fromCookie: true},
		{name: "host cookie without TLS", cookie: "__Host-sluice=c"},
		{name: "too long", header: "Bearer " + strings.Repeat("x", maxToken+1)},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if row.header != "" {
			r.Header.Set("Authorization", row.header)
		}
		if row.cookie != "" {
			r.Header.Set("Cookie", row.cookie)
		}
		if row.tls {
			r.TLS = &tls.ConnectionState{}
		}
		if token, fromCookie := Token(r); token != row.token || fromCookie != row.fromCookie {
			t.Errorf("%s: got %q, %v", row.name, token, fromCookie)
		}
	}
}

func TestTheSessionCookieIsOutOfReachOfScripts(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/", nil)
	if c := SessionCookie(r, "t", time.Unix(1, 0)); c.Name != "sluice" || !c.HttpOnly || c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("got %+v", c)
	}
	r.TLS = &tls.ConnectionState{}
	if c := SessionCookie(r, "t", time.Unix(1, 0)); c.Name != "__Host-sluice" || !c.HttpOnly || !c.Secure || c.Valid() != nil {
		t.Errorf("got %+v", c)
	}
	if c := NoSessionCookie(r); c.MaxAge >= 0 || c.Value != "" || c.Name != "__Host-sluice" {
		t.Errorf("got %+v", c)
	}
}

func TestSecurityHeadersAreOnEveryAnswer(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		r := httptest.NewRequest("GET", "/", nil)
		if secure {
			r.TLS = &tls.ConnectionState{}
		}
		w := httptest.NewRecorder()
		Secure(http.NotFoundHandler()).ServeHTTP(w, r)
		if p := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'") || strings.Contains(p, "unsafe") {
			t.Errorf("got %q", p)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Strict-Transport-Security") != "" != secure {
			t.Errorf("TLS %v: got %v", secure, w.Header())
		}
	}
}
