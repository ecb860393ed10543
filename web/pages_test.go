package web_test

import (
	"context"
	"crypto/sha256"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web"
)

// person is a browser of a user who holds one role in one unit; "" for none.
func (w *world) person(name string, role fleet.Role, unit fleet.UnitID) *browser {
	w.t.Helper()
	token := "a session token of " + name
	hash := sha256.Sum256([]byte(token))
	w.must(w.Store.Write(w.t.Context(), func(ctx context.Context, tx control.Tx) error {
		id, err := tx.InsertUser(ctx, fleet.User{Name: name, PasswordHash: "x", CreatedAt: w.clock.Now()})
		if err != nil {
			return err
		}
		if role != "" {
			if err := tx.SetGrant(ctx, id, unit, role); err != nil {
				return err
			}
		}
		return tx.InsertSession(ctx, fleet.Session{Hash: hash[:], UserID: id, CreatedAt: w.clock.Now(), ExpiresAt: w.clock.Now().Add(30 * 24 * time.Hour)})
	}))
	return &browser{w, &http.Client{Transport: withCookie(token), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

type withCookie string

func (c withCookie) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.AddCookie(&http.Cookie{Name: "sluice", Value: string(c)})
	return http.DefaultTransport.RoundTrip(r)
}

func TestEveryPageOfTheTableNeedsASessionAndItsRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.seed()
	w.open(web.Options{})
	nobody, stranger := w.browser(), w.person("stranger", "", 0)
	public := []string{"GET /sign-in", "POST /sign-in", "POST /sign-out"}
	for _, row := range web.Rows() {
		name := row.Method + " " + row.Path
		if row.Action == "" {
			if !slices.Contains(public, name) {
				t.Errorf("%s is for everybody", name)
			}
			continue
		}
		path := strings.NewReplacer("{id}", s.campaign.ID.String(), "{$}", "").Replace(row.Path)
		want := http.StatusSeeOther
		if row.Path == "/events" {
			want = http.StatusUnauthorized
		}
		a := nobody.do(row.Method, path, nil, "Sec-Fetch-Site", "same-origin")
		if a.status != want || want == http.StatusSeeOther && !strings.HasPrefix(a.header.Get("Location"), "/sign-in") {
			t.Errorf("%s, not signed in: got %d to %q", name, a.status, a.header.Get("Location"))
		}
		if row.Action == web.Oneself {
			continue
		}
		a = stranger.do(row.Method, path, nil, "Sec-Fetch-Site", "same-origin")
		if a.status != http.StatusForbidden || !a.has("tranger may not "+string(row.Action)) {
			t.Errorf("%s, without the right: got %d", name, a.status)
		}
	}
	if e := w.executionOf(s.gateways[8]); e.State != fleet.Pending {
		t.Errorf("an execution was %s by somebody without a right", e.State)
	}
}

func TestEveryPageIsWholeAndRunsNothingInline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.seed()
	w.seedChecks(&s)
	w.open(web.Options{})
	b := w.signedIn()
	inline := regexp.MustCompile(`(?i)<script>|<script [^>]*>[^<]|<style|\sstyle="|\son[a-z]+="|javascript:`)
	ids := regexp.MustCompile(`\sid="([^"]*)"`)
	for _, one := range s.scenes() {
		a := b.get(one.path)
		want := http.StatusOK
		if one.name == "error" {
			want = http.StatusNotFound
		}
		if a.status != want {
			t.Errorf("%s: got %d", one.path, a.status)
		}
		if found := inline.FindString(a.body); found != "" {
			t.Errorf("%s has %q, which the policy blocks", one.path, found)
		}
		if policy := a.header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %q", one.path, policy)
		}
		seen := map[string]bool{}
		for _, m := range ids.FindAllStringSubmatch(a.body, -1) {
			if seen[m[1]] {
				t.Errorf("%s has the id %s twice", one.path, m[1])
			}
			seen[m[1]] = true
		}
		if !a.has(`<html lang="en">`, "</html>", `href="#main"`, `<main id="main"`, `aria-label="Main"`, "<h1>") {
			t.Errorf("%s lacks a landmark", one.path)
		}
	}
}

func TestAFragmentHoldsTheLiveRegionsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("box-1")
	w.open(web.Options{})
	a := w.signedIn().get("/devices", "Sluice-Fragment", "live")
	if !a.has(`id="devices" data-live`, `id="device-`+d.ID.String()+`"`, `id="device-summary" data-live`) || a.has("<html") || a.has("<nav") {
		t.Errorf("got %s", a.body)
	}
	if a = w.browser().get("/devices", "Sluice-Fragment", "live"); a.status != http.StatusUnauthorized {
		t.Errorf("not signed in, got %d", a.status)
	}
}

func TestAssetsAreCachedForAYearUnderTheirHash(t *testing.T) {
	t.Parallel()
	w := newWorld(t).open(web.Options{})
	b := w.browser()
	page := b.get("/sign-in").body
	for _, url := range regexp.MustCompile(`"(/static/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		a := b.get(url[1])
		if a.status != http.StatusOK || !strings.Contains(a.header.Get("Cache-Control"), "immutable") || len(a.body) == 0 {
			t.Errorf("%s: got %d, %s", url[1], a.status, a.header.Get("Cache-Control"))
		}
	}
	if a := b.get("/static/console.css"); a.status != http.StatusNotFound {
		t.Errorf("an asset without its hash: got %d", a.status)
	}
}

func TestAnErrorIsAPageWithASentence(t *testing.T) {
	t.Parallel()
	w := newWorld(t).open(web.Options{})
	b := w.signedIn()
	for _, path := range []string{"/devices/999", "/devices/x", "/executions/0", "/updates/-1"} {
		if a := b.get(path); a.status != http.StatusNotFound || !a.has("Not found", "<main", "To the devices") {
			t.Errorf("%s: got %d", path, a.status)
		}
	}
	if a := b.get("/devices?q=" + strings.Repeat("x", 201)); a.status != http.StatusBadRequest || !a.has("has more than 200 bytes") {
		t.Errorf("a long search: got %d", a.status)
	}
}
