package web_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicehq/sluice/blob/diskblob"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/clock"
	"github.com/sluicehq/sluice/store/sqlstore"
	"github.com/sluicehq/sluice/sup"
	"github.com/sluicehq/sluice/web"
)

// world is the console over a real store, behind a real socket, with a clock
// that the test owns.
type world struct {
	*control.Control
	t        testing.TB
	clock    *clock.Fake
	password string
	admin    control.Actor
	url      string
	log      *bytes.Buffer
	stop     func() // closes the control, once
	// later are the timers that the console asked for, oldest first.
	later chan timer
}

type timer struct {
	after time.Duration
	fire  chan time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	ctx := t.Context()
	store, err := sqlstore.Open(ctx, "sqlite::memory:", sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: clock.NewFake(clock.System()), log: new(bytes.Buffer), later: make(chan timer, 100)}
	blobs, err := diskblob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w.Control = control.New(control.Options{Store: store, Now: w.clock.Now, Blobs: blobs, Signer: sup.NewSigner(key)})
	w.password, err = w.FirstAdministrator(ctx)
	w.must(err)
	token, _, err := w.SignIn(ctx, "admin", w.password)
	w.must(err)
	w.admin, err = w.Authenticate(ctx, token)
	w.must(err)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w.stop = sync.OnceFunc(w.Close)
	t.Cleanup(w.stop)
	return w
}

// open serves the console as the app does.
func (w *world) open(o web.Options) *world {
	mux := http.NewServeMux()
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(w.log, nil))
	}
	web.New(w.Control, o).Routes(mux)
	server := httptest.NewServer(http.NewCrossOriginProtection().Handler(mux))
	w.t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// timers makes the console ask the test for the time to pass.
func (w *world) timers() func(time.Duration) <-chan time.Time {
	return func(d time.Duration) <-chan time.Time {
		one := timer{d, make(chan time.Time, 1)}
		w.later <- one
		return one.fire
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// browser is one reader with cookies; it follows no redirect by itself.
type browser struct {
	*world
	client *http.Client
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	w.must(err)
	return &browser{w, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// signedIn is a browser of the administrator.
func (w *world) signedIn() *browser {
	w.t.Helper()
	b := w.browser()
	a := b.post("/sign-in", url.Values{"name": {"admin"}, "password": {w.password}})
	if a.status != http.StatusSeeOther {
		w.t.Fatalf("signing in answered %d: %s", a.status, a.body)
	}
	return b
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) has(parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(a.body, p) {
			return false
		}
	}
	return true
}

func (b *browser) do(method, path string, form url.Values, headers ...string) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(form.Encode()))
	b.must(err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return b.send(r)
}

func (b *browser) send(r *http.Request) answer {
	b.t.Helper()
	response, err := b.client.Do(r)
	b.must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	b.must(err)
	return answer{response.StatusCode, response.Header, string(body)}
}

func (b *browser) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil, headers...)
}

func (b *browser) post(path string, form url.Values) answer {
	b.t.Helper()
	return b.do(http.MethodPost, path, form, "Sec-Fetch-Site", "same-origin")
}

// device enrols a gateway, accepted, that says the attributes of itself.
func (w *world) device(key string, attributes ...string) fleet.Device {
	w.t.Helper()
	token, _, err := w.CreateToken(w.t.Context(), w.admin, control.NewToken{Kind: fleet.OneTime})
	w.must(err)
	return w.admit(key, token, attributes...)
}

// waiting enrols a device that waits to be accepted.
func (w *world) waiting(key string, attributes ...string) fleet.Device {
	w.t.Helper()
	token, _, err := w.CreateToken(w.t.Context(), w.admin, control.NewToken{Kind: fleet.Application})
	w.must(err)
	return w.admit(key, token, attributes...)
}

func (w *world) admit(key, token string, attributes ...string) fleet.Device {
	w.t.Helper()
	d, err := w.Admit(w.t.Context(), control.Introduction{Key: key, Password: token, AppID: "app of " + key, Link: fleet.TR50})
	w.must(err)
	var values []fleet.Value
	for i := 0; i+1 < len(attributes); i += 2 {
		values = append(values, fleet.Value{Kind: fleet.Attribute, Key: attributes[i], Text: attributes[i+1]})
	}
	w.contact(d, values...)
	d, err = w.Device(w.t.Context(), w.admin, d.ID)
	w.must(err)
	return d
}

func (w *world) contact(d fleet.Device, values ...fleet.Value) {
	w.t.Helper()
	_, err := w.Contact(w.t.Context(), control.Contact{DeviceID: d.ID, At: w.clock.Now(), Link: fleet.TR50, Telemetry: true, Values: values})
	w.must(err)
}

// lines keeps lines of devices.
func (w *world) lines(lines []fleet.LogEntry) {
	w.t.Helper()
	w.must(w.Store.Write(w.t.Context(), func(ctx context.Context, tx control.Tx) error { return tx.InsertLog(ctx, w.clock.Now(), lines) }))
}
