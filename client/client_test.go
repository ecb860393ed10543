package client_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/client"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/apitest"
)

// start is a server and a client of its administrator.
func start(t *testing.T) (*apitest.Server, *client.Client) {
	t.Helper()
	t.Parallel()
	s := apitest.New(t)
	return s, connect(t, s.URL, s.Token)
}

func connect(t *testing.T, url, token string) *client.Client {
	t.Helper()
	c, err := client.New(url, token)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAListGoesOnOverItsPages(t *testing.T) {
	s, c := start(t)
	const devices = 203 // more than a page
	secret := s.Shared()
	for i := range devices {
		s.Admit(secret, fmt.Sprintf("gw-%03d", i))
	}
	all, err := client.Collect(c.Devices(t.Context(), client.DeviceFilter{}), 0)
	if err != nil || len(all) != devices || all[202].Key != "gw-202" {
		t.Errorf("got %d devices, %v", len(all), err)
	}
	some, err := client.Collect(c.Devices(t.Context(), client.DeviceFilter{Text: "gw-1", State: "pending"}), 7)
	if err != nil || len(some) != 7 {
		t.Errorf("got %d devices, %v", len(some), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Collect(c.Devices(ctx, client.DeviceFilter{}), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAnErrorCarriesCodeAndSentence(t *testing.T) {
	s, c := start(t)
	_, err := c.DeviceByKey(t.Context(), "ghost")
	if client.CodeOf(err) != client.NotFound || err.Error() != `there is no device "ghost"` {
		t.Errorf("got %v", err)
	}
	_, err = c.Device(t.Context(), 99)
	var e *client.Error
	if !errors.As(err, &e) || e.Status != 404 || e.Code != client.NotFound || e.Detail == "" || e.RequestID == "" {
		t.Errorf("got %#v", e)
	}
	if _, err := connect(t, s.URL, "wrong").Me(t.Context()); client.CodeOf(err) != client.Denied {
		t.Errorf("got %v", err)
	}
	if _, err := connect(t, "http://127.0.0.1:1", "").Me(t.Context()); err == nil || client.CodeOf(err) != "" {
		t.Errorf("got %v", err)
	}
	for _, url := range []string{"", "localhost:8080", "ftp://x", "http://", "http://user:password@x", "http://x?y=1", "http://x\n"} {
		if _, err := client.New(url, ""); err == nil {
			t.Errorf("%q was taken as a server", url)
		}
	}
}

func TestAnAnswerThatIsNotSluicesIsToldByItsStatus(t *testing.T) {
	t.Parallel()
	for status, code := range map[int]client.Code{404: client.NotFound, 403: client.Denied, 502: client.Unavailable, 500: client.Internal, 405: client.Invalid} {
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<html>")
		}))
		_, err := connect(t, proxy.URL, "").Me(t.Context())
		if client.CodeOf(err) != code || !strings.Contains(err.Error(), "not as Sluice does") {
			t.Errorf("%d: got %v", status, err)
		}
		proxy.Close()
	}
}

func TestSigningInAndOut(t *testing.T) {
	s, c := start(t)
	session, err := c.SignIn(t.Context(), "admin", s.Password)
	if err != nil || session.User.Name != "admin" || session.ExpiresAt.IsZero() {
		t.Fatalf("got %+v, %v", session.User, err)
	}
	mine := connect(t, s.URL+"/", session.Token)
	if u, err := mine.Me(t.Context()); err != nil || u.Name != "admin" {
		t.Errorf("got %v, %v", u, err)
	}
	if err := mine.SignOut(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := mine.Me(t.Context()); client.CodeOf(err) != client.Denied {
		t.Errorf("got %v", err)
	}
	keys, err := connect(t, s.URL, "").Keys(t.Context())
	if err != nil || len(keys) != 1 || !bytes.Equal(keys[0].Key, s.Signer.PublicKey()) {
		t.Errorf("got %v, %v", keys, err)
	}
}

func TestAFileIsStreamedThereAndBack(t *testing.T) {
	_, c := start(t)
	content := bytes.Repeat([]byte("sluice"), 50_000)
	var told []int64
	f, err := c.Upload(t.Context(), "data.bin", bytes.NewReader(content), int64(len(content)), func(n int64) { told = append(told, n) })
	if err != nil || f.Size != int64(len(content)) {
		t.Fatalf("got %+v, %v", f, err)
	}
	if len(told) < 2 || !slices.IsSorted(told) || told[len(told)-1] != f.Size {
		t.Errorf("progress was %v", told)
	}
	if _, err := c.Upload(t.Context(), "unknown-size", io.MultiReader(bytes.NewReader(content)), 0, nil); err != nil {
		t.Error(err)
	}
	for _, offset := range []int64{0, 1, f.Size - 1} {
		r, err := c.Content(t.Context(), f.ID, offset)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, content[offset:]) || r.Name != "data.bin" || r.SHA256 != f.SHA256 || r.Size != f.Size-offset {
			t.Errorf("from %d: got %d bytes, %q, %v", offset, len(got), r.Name, err)
		}
		r.Close()
	}
	if _, err := c.Content(t.Context(), f.ID, f.Size); err == nil {
		t.Error("there is something after the end")
	}
	if _, err := c.Upload(t.Context(), "broken", io.MultiReader(strings.NewReader("x"), failing{}), 0, nil); err == nil {
		t.Error("a source that fails was uploaded")
	}
	files, err := client.Collect(c.Files(t.Context()), 0)
	if err != nil || len(files) != 2 {
		t.Errorf("got %v, %v", files, err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestAnUpdateThroughTheClient(t *testing.T) {
	s, c := start(t)
	ctx := t.Context()
	d := s.Device("gw", "iStation")
	pack := s.Package("hello", "1.0.0", "iStation")
	f, err := c.Upload(ctx, "hello.sup", bytes.NewReader(pack), int64(len(pack)), nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.CreateRelease(ctx, f.ID, false)
	if err != nil || r.Name != "hello" || !slices.Equal(r.Compatibility.Models, []string{"iStation"}) {
		t.Fatalf("got %+v, %v", r, err)
	}
	n := client.NewUpdate{Type: "sup", ReleaseID: r.ID, Audience: client.Audience{Devices: []string{"gw"}}, IdempotencyKey: "once"}
	planned, err := c.PlanUpdate(ctx, n)
	if err != nil || len(planned) != 1 || planned[0].State != "pending" || planned[0].Device.Key != "gw" {
		t.Errorf("got %v, %v", planned, err)
	}
	u, err := c.CreateUpdate(ctx, n)
	if err != nil || u.Active != 1 || u.Release.Version != "1.0.0" || u.Audience.Devices[0] != "gw" {
		t.Fatalf("got %+v, %v", u, err)
	}
	if again, err := c.CreateUpdate(ctx, n); err != nil || again.ID != u.ID {
		t.Errorf("got %v, %v", again.ID, err)
	}
	events, err := c.Events(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer events.Close()
	s.Offer(d)
	change, err := events.Next()
	if err != nil || change.Update != u.ID || change.Device != int64(d.ID) {
		t.Errorf("got %v, %v", change, err)
	}
	if _, err := c.CancelExecution(ctx, change.Execution); client.CodeOf(err) != client.Conflict {
		t.Errorf("got %v", err)
	}
	if n, err := c.CancelUpdate(ctx, u.ID); n != 0 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	s.Report(d, fleet.Succeed, "", []byte(`{"ok":true}`))
	e, err := c.Execution(ctx, change.Execution)
	if err != nil || !e.Final || string(e.Confirmation) != `{"ok":true}` || e.Update.ID != u.ID {
		t.Errorf("got %+v, %v", e, err)
	}
	if u, err := c.Update(ctx, u.ID); err != nil || u.Status != "sent" || u.Counts["succeeded"] != 1 {
		t.Errorf("got %+v, %v", u, err)
	}
	if got, err := c.Release(ctx, r.ID); err != nil || got.File.ID != f.ID || len(got.Actions) != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	story, err := client.Collect(c.ExecutionEvents(ctx, e.ID), 0)
	if err != nil || len(story) != 3 || story[2].State != "succeeded" {
		t.Errorf("got %v, %v", story, err)
	}
	s.Control.Feed.Close()
	for err = nil; err == nil; {
		_, err = events.Next()
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}

func TestTheOtherResources(t *testing.T) {
	s, c := start(t)
	ctx := t.Context()
	d := s.PendingDevice("gw", "m")
	if got, err := c.AcceptDevice(ctx, int64(d.ID)); err != nil || got.State != "accepted" {
		t.Errorf("got %v, %v", got, err)
	}
	if m, err := c.AskDiagnostic(ctx, int64(d.ID)); err != nil || len(m.ID) != 24 {
		t.Errorf("got %v, %v", m, err)
	}
	if values, err := client.Collect(c.Values(ctx, int64(d.ID), "attribute"), 0); err != nil || len(values) != 1 || values[0].Text != "m" {
		t.Errorf("got %v, %v", values, err)
	}
	s.Contact(d, fleet.Value{Kind: fleet.Property, Key: "cpu", Number: 7})
	for _, from := range []time.Time{{}, apitest.Start.Add(-time.Second), apitest.Start.Add(time.Second)} {
		values, err := c.History(ctx, int64(d.ID), "property", "cpu", from, apitest.Start.Add(time.Minute))
		if err != nil || (len(values) == 1) != from.Before(apitest.Start) {
			t.Errorf("from %s: got %v, %v", from, values, err)
		}
	}
	secret, token, err := c.CreateToken(ctx, client.NewToken{Kind: "one_time", LifeSeconds: 60})
	if err != nil || secret == "" || token.ExpiresAt.Sub(apitest.Start).Minutes() != 1 {
		t.Errorf("got %v, %v", token, err)
	}
	for name, count := range map[string]func() (int, error){
		"tokens": func() (int, error) { l, err := client.Collect(c.Tokens(ctx), 0); return len(l), err },
		"audit":  func() (int, error) { l, err := client.Collect(c.Audit(ctx), 1); return len(l), err },
		"releases": func() (int, error) {
			l, err := client.Collect(c.Releases(ctx, client.ReleaseFilter{}), 0)
			return len(l) + 1, err
		},
		"log": func() (int, error) {
			l, err := client.Collect(c.DeviceLog(ctx, int64(d.ID)), 0)
			return len(l) + 1, err
		},
		"files": func() (int, error) {
			l, err := client.Collect(c.DeviceFiles(ctx, int64(d.ID)), 0)
			return len(l) + 1, err
		},
		"updates": func() (int, error) {
			l, err := client.Collect(c.Updates(ctx, client.UpdateFilter{}), 0)
			return len(l) + 1, err
		},
		"executions": func() (int, error) {
			l, err := client.Collect(c.Executions(ctx, client.ExecutionFilter{Device: int64(d.ID), States: []string{"pending"}}), 0)
			return len(l) + 1, err
		},
	} {
		if n, err := count(); err != nil || n == 0 {
			t.Errorf("%s: got %d, %v", name, n, err)
		}
	}
	if got, err := c.RejectDevice(ctx, int64(d.ID)); err != nil || got.State != "rejected" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestTheNounsOfRights(t *testing.T) {
	s, c := start(t)
	ctx := t.Context()
	check := func(ok bool, err error) {
		t.Helper()
		if err != nil || !ok {
			t.Errorf("got %v, %v", ok, err)
		}
	}
	unit, err := c.CreateUnit(ctx, 1, "customer", "Acme")
	check(unit.ParentID == 1, err)
	unit, err = c.RenameUnit(ctx, unit.ID, "Acme Ltd")
	check(unit.Name == "Acme Ltd", err)
	units, err := client.Collect(c.Units(ctx), 0)
	check(len(units) == 2, err)
	unit, err = c.Unit(ctx, unit.ID)
	check(unit.Kind == "customer", err)

	password, u, err := c.CreateUser(ctx, "ann", unit.ID, "SERVICE_VIEWER")
	check(password != "" && u.MustChange && len(u.Grants) == 1 && u.Grants[0].Unit == "Acme Ltd", err)
	u, err = c.SetGrant(ctx, u.ID, 1, "SERVICE_OPERATOR")
	check(len(u.Grants) == 2, err)
	check(true, c.DeleteGrant(ctx, u.ID, 1))
	d, err := c.Can(ctx, "ann", "device.read", unit.ID)
	check(d.Allowed && d.Grant.Role == "SERVICE_VIEWER", err)
	d, err = c.Can(ctx, "", "device.write", 0)
	check(d.Allowed, err)
	u, err = c.DisableUser(ctx, u.ID)
	check(!u.DisabledAt.IsZero(), err)
	u, err = c.EnableUser(ctx, u.ID)
	check(u.DisabledAt.IsZero(), err)
	password, _, err = c.ResetPassword(ctx, u.ID)
	check(password != "", err)
	session, err := c.SignIn(ctx, "ann", password)
	check(session.User.MustChange, err)
	check(true, connect(t, s.URL, session.Token).ChangePassword(ctx, password, "a password of my own"))
	users, err := client.Collect(c.Users(ctx), 0)
	check(len(users) == 2 && !users[1].MustChange, err)

	secret, token, err := c.CreateAPIToken(ctx, client.NewAPIToken{Name: "ci", Actions: []string{"device.read"}, LifeSeconds: 60})
	check(secret != "" && token.Name == "ci", err)
	tokens, err := client.Collect(c.APITokens(ctx), 0)
	check(len(tokens) == 1, err)
	check(true, c.RevokeAPIToken(ctx, "ci"))
	if err := c.RevokeAPIToken(ctx, "ci"); client.CodeOf(err) != client.NotFound {
		t.Errorf("got %v", err)
	}
	_, err = s.Control.Seal(ctx)
	check(true, err)
	v, err := c.VerifyAudit(ctx)
	check(v.Intact && v.Entries > 5, err)
}

func TestTheNounsOfGroups(t *testing.T) {
	s, c := start(t)
	ctx := t.Context()
	check := func(ok bool, err error) {
		t.Helper()
		if err != nil || !ok {
			t.Errorf("got %v, %v", ok, err)
		}
	}
	unit, err := c.CreateUnit(ctx, 1, "customer", "Acme")
	check(true, err)
	s.DeviceIn(fleet.UnitID(unit.ID), "gw-1", "m")
	imported, err := c.ImportDevices(ctx, strings.NewReader("key,unit\ngw-1,Acme\ngw-2,Acme\n"))
	check(imported.Made == 1 && imported.Changed == 1, err)
	csv, err := c.ExportDevices(ctx, client.DeviceFilter{Unit: unit.ID, UnitOnly: true, Text: "gw-2"})
	check(true, err)
	text, err := io.ReadAll(csv)
	check(strings.Count(string(text), "\n") == 2, err)
	csv.Close()
	gw, err := c.DeviceByKey(ctx, "gw-1")
	check(gw.UnitID == unit.ID, err)
	gw, err = c.PlaceDevice(ctx, gw.ID, 0, "line 3")
	check(gw.Name == "line 3" && gw.UnitID == unit.ID, err)

	g, err := c.CreateGroup(ctx, unit.ID, "line", "")
	check(true, err)
	g, err = c.AddMembers(ctx, g.ID, []string{"gw-1", "gw-2"})
	check(g.Members == 2, err)
	g, err = c.RemoveMembers(ctx, g.ID, []string{"gw-2"})
	check(g.Members == 1, err)
	g, err = c.SetGroup(ctx, g.ID, "line 3", "d")
	check(g.Description == "d", err)
	members, err := client.Collect(c.GroupDevices(ctx, g.ID), 0)
	check(len(members) == 1 && members[0].Key == "gw-1", err)
	groups, err := client.Collect(c.Groups(ctx, client.GroupFilter{Text: "LINE", Unit: unit.ID, Device: gw.ID}), 0)
	check(len(groups) == 1, err)

	r := s.Release("hello", "1", "m")
	hash, m, err := c.CreateMagicLink(ctx, int64(r.ID), []string{"gw-1"}, "")
	check(hash != "" && m.Declared == 1, err)
	u, err := c.CreateUpdate(ctx, client.NewUpdate{Type: "magic_link", MagicLink: hash, Audience: client.Audience{GroupID: g.ID}})
	check(u.GroupID == g.ID && u.Content != "", err)
	given, err := client.Collect(c.GroupUpdates(ctx, g.ID), 0)
	check(len(given) == 1, err)
	waiting, err := client.Collect(c.Updates(ctx, client.UpdateFilter{Group: g.ID, Waiting: true}), 0)
	check(len(waiting) == 1, err)
	last, err := client.Collect(c.DeviceUpdates(ctx, gw.ID), 0)
	check(len(last) == 1 && last[0].Type == "magic_link" && last[0].Cancellable, err)
	g, err = c.Group(ctx, g.ID)
	check(*g.UpdateWaiting, err)
	m, err = c.RevokeMagicLink(ctx, m.ID)
	check(!m.RevokedAt.IsZero(), err)
	m, err = c.MagicLink(ctx, m.ID)
	check(len(m.Devices) == 1, err)
	links, err := client.Collect(c.MagicLinks(ctx), 0)
	check(len(links) == 1, err)
	predefined, err := c.SetPredefined(ctx, int64(r.ID), true)
	check(predefined.Predefined, err)
	releases, err := client.Collect(c.Releases(ctx, client.ReleaseFilter{Predefined: true, Name: "hello"}), 0)
	check(len(releases) == 1, err)
	check(true, c.DeleteGroup(ctx, g.ID))
}
