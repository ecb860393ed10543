package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web"
)

func TestAFirstPasswordIsShownOnceAndChangedBeforeAnythingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rennes, _ := w.organisation()
	admin := w.open(web.Options{}).signedIn()
	a := admin.post("/users", url.Values{"name": {"anne@example.com"}, "role": {"SERVICE_VIEWER"}, "unit": {rennes.ID.String()}})
	found := regexp.MustCompile(`<pre class="command"[^>]*>([0-9A-Za-z]{20})</pre>`).FindStringSubmatch(a.body)
	if a.status != http.StatusOK || found == nil || !a.has("First password of anne@example.com", "It is shown this once") {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if admin.get("/users").has(found[1]) {
		t.Error("the password is shown again")
	}
	anne := w.browser()
	anne.post("/sign-in", url.Values{"name": {"anne@example.com"}, "password": {found[1]}})
	for _, path := range []string{"/", "/devices", "/groups", "/rights"} {
		if a := anne.get(path); a.status != http.StatusSeeOther || a.header.Get("Location") != "/account" {
			t.Errorf("%s before the change: got %d to %s", path, a.status, a.header.Get("Location"))
		}
	}
	if a := anne.get("/account"); !a.has("Choose a password") || a.has("API tokens") {
		t.Errorf("got %s", a.body)
	}
	change := func(old, new, again string) answer {
		return anne.post("/account/password", url.Values{"old": {old}, "new": {new}, "again": {again}})
	}
	if a := change(found[1], "a long sentence of mine", "another"); a.status != http.StatusBadRequest || !a.has("differ") {
		t.Errorf("two different ones: got %d", a.status)
	}
	if a := change("wrong", "a long sentence of mine", "a long sentence of mine"); a.status != http.StatusBadRequest || !a.has("the old one is wrong") {
		t.Errorf("a wrong old one: got %d", a.status)
	}
	if a := change(found[1], "a long sentence of mine", "a long sentence of mine"); a.status != http.StatusSeeOther {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if a := anne.get("/devices"); a.status != http.StatusOK {
		t.Errorf("after the change: got %d", a.status)
	}
}

func TestRolesAreGivenAndTakenAwayAndADisabledUserIsOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rennes, lyon := w.organisation()
	_, u, err := w.CreateUser(t.Context(), w.admin, "anne", rennes.ID, fleet.ServiceViewer)
	w.must(err)
	b := w.open(web.Options{}).signedIn()
	path := "/users/" + u.ID.String()
	if a := b.post(path+"/grants", url.Values{"role": {"SERVICE_OPERATOR"}, "unit": {lyon.ID.String()}}); a.status != http.StatusSeeOther {
		t.Fatalf("got %d", a.status)
	}
	if a := b.get(path); !a.has("SERVICE_VIEWER", "Rennes", "SERVICE_OPERATOR", "Lyon", "Take SERVICE_OPERATOR in Lyon away from anne?") {
		t.Errorf("got %s", a.body)
	}
	b.post(path+"/grants/delete", url.Values{"unit": {lyon.ID.String()}})
	if a := b.get(path); a.has("Take SERVICE_OPERATOR in Lyon away") {
		t.Error("the role was not taken away")
	}
	b.post(path+"/disable", nil)
	if a := b.get(path); !a.has("Disabled", "Let anne sign in again?") {
		t.Errorf("got %s", a.body)
	}
	if a := b.post("/users/1/disable", nil); a.status != http.StatusConflict || !a.has("Cannot disable oneself") {
		t.Errorf("oneself: got %d", a.status)
	}
	customer := w.person("chief", fleet.CustomerAdministrator, rennes.ID)
	if a := customer.get("/users"); a.has("<option value=\"CHANNEL_ADMINISTRATOR\"") || !a.has("<option value=\"SERVICE_ADMINISTRATOR\"") {
		t.Error("a customer administrator is offered roles that they may not give")
	}
	if a := customer.post("/users", url.Values{"name": {"new"}, "role": {"CHANNEL_ADMINISTRATOR"}, "unit": {rennes.ID.String()}}); a.status != http.StatusForbidden || !a.has(`value="new"`) {
		t.Errorf("got %d", a.status)
	}
}

func TestTheRightsPageAnswersByWhichRowAndUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rennes, lyon := w.organisation()
	_, _, err := w.CreateUser(t.Context(), w.admin, "anne", rennes.ID, fleet.ServiceAdministrator)
	w.must(err)
	b := w.open(web.Options{}).signedIn()
	if a := b.get("/rights?user=anne&action=update.write&unit=" + rennes.ID.String()); !a.has("<b>Yes.</b>", "anne is SERVICE_ADMINISTRATOR in Rennes", "By the role in Rennes and the row") {
		t.Errorf("got %s", a.body)
	}
	if a := b.get("/rights?user=anne&action=update.write&unit=" + lyon.ID.String()); !a.has("<b>No.</b>", "anne may not update.write in Lyon") {
		t.Errorf("got %s", a.body)
	}
	if a := b.get("/rights?user=nobody&action=update.write&unit=1"); a.status != http.StatusNotFound || !a.has(`value="nobody"`) {
		t.Errorf("got %d", a.status)
	}
	page := b.get("/rights")
	for _, right := range fleet.Rights {
		if !strings.Contains(page.body, string(right.Actions[0])) {
			t.Errorf("the table lacks %q", right.Rule)
		}
	}
}

func TestTheAuditPageSaysWhetherTheSealsAreGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Seal(t.Context())
	w.must(err)
	b := w.open(web.Options{}).signedIn()
	if a := b.get("/audit?verify=1"); !a.has("nothing missing and nothing changed", "Verify the seals") {
		t.Errorf("got %s", a.body)
	}
}

func TestAMagicLinkIsShownOnceAndItsHashWorksUntilItIsRevoked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	other := w.keros("box-2")
	r := w.release(fleet.Release{Name: "hello", Version: "1"})
	g := w.group(fleet.Unit{}, "iStation", d, other)
	b := w.open(web.Options{}).signedIn()
	a := b.post("/magic-links", url.Values{"release": {r.ID.String()}, "keys": {"box-1"}, "note": {"pilot"}})
	found := regexp.MustCompile(`<pre class="command"[^>]*>([0-9a-f]{40})</pre>`).FindStringSubmatch(a.body)
	if a.status != http.StatusOK || found == nil {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if b.get("/magic-links").has(found[1]) || !b.get("/magic-links/1").has("box-1", "pilot", "hello 1") {
		t.Error("the hash is shown again, or the link is not")
	}
	plan := "/groups/" + g.ID.String() + "/update/plan"
	if a := b.post(plan, form("magic_link", "magic_link", found[1])); a.status != http.StatusOK || !a.has("box-2: not declared in the Magic Link", "SEND to 1 gateway") {
		t.Errorf("got %d %s", a.status, a.body)
	}
	b.post("/magic-links/1/revoke", nil)
	if a := b.post(plan, form("magic_link", "magic_link", found[1])); a.status != http.StatusNotFound || !a.has("is unknown or was revoked") {
		t.Errorf("revoked: got %d", a.status)
	}
	if a := b.post("/magic-links", url.Values{"release": {r.ID.String()}, "keys": {"box-9"}}); a.status != http.StatusNotFound || !a.has("There is no device box-9.", "box-9</textarea>") {
		t.Errorf("got %d", a.status)
	}
}

func TestAnAPITokenIsShownOnceAndLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.open(web.Options{}).signedIn()
	a := b.post("/account/tokens", url.Values{"name": {"export"}, "days": {"30"}, "action": {"device.read"}})
	found := regexp.MustCompile(`<pre class="command"[^>]*>([0-9A-Za-z]{43})</pre>`).FindStringSubmatch(a.body)
	if a.status != http.StatusOK || found == nil {
		t.Fatalf("got %d", a.status)
	}
	actor, err := w.Authenticate(t.Context(), found[1])
	if err != nil || !w.May(actor, fleet.DeviceRead) || w.May(actor, fleet.UpdateWrite) {
		t.Errorf("the token: %v", err)
	}
	if a := b.get("/account"); a.has(found[1]) || !a.has("export", "device.read", "Revoke the token export?") {
		t.Error("the token is shown again, or not listed")
	}
	if a := b.post("/account/tokens", url.Values{"name": {"long"}, "days": {"999"}}); a.status != http.StatusBadRequest || !a.has("1 to 365 days", `value="long"`, `value="999"`) {
		t.Errorf("got %d", a.status)
	}
	b.post("/account/tokens/revoke", url.Values{"name": {"export"}})
	if _, err := w.Authenticate(t.Context(), found[1]); fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("a revoked token: %v", err)
	}
}

// askedAlone is a store that counts what is asked for one user.
type askedAlone struct {
	control.Store
	n *atomic.Int32
}

func (s askedAlone) User(ctx context.Context, id fleet.UserID) (fleet.User, error) {
	s.n.Add(1)
	return s.Store.User(ctx, id)
}

func (s askedAlone) Grants(ctx context.Context, id fleet.UserID) ([]fleet.Grant, error) {
	s.n.Add(1)
	return s.Store.Grants(ctx, id)
}

func TestTheListOfUsersAsksForAllOfThemAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var n atomic.Int32
	w.Store = askedAlone{w.Store, &n}
	w.open(web.Options{})
	b := w.signedIn()
	asked := func() int32 {
		n.Store(0)
		b.get("/users")
		return n.Load()
	}
	few := asked()
	for i := range 5 {
		_, _, err := w.CreateUser(t.Context(), w.admin, fmt.Sprint("user-", i), fleet.Root, fleet.ServiceViewer)
		w.must(err)
	}
	if many := asked(); many != few {
		t.Errorf("asked %d times with one user, %d times with six", few, many)
	}
	if a := b.get("/users"); !a.has("user-4", "SERVICE_VIEWER") {
		t.Errorf("got %s", a.body)
	}
}
