package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/api"
	"github.com/sluicehq/sluice/fleet"
)

// TestAFilterDoesNotOpenAnotherUnit asks lists for what is in a unit beside.
func TestAFilterDoesNotOpenAnotherUnit(t *testing.T) {
	w := newRightsWorld(t)
	token := w.User("in", fleet.ServiceAdministrator, w.inside.unit)
	o := w.outside
	for _, path := range []string{
		fmt.Sprintf("/devices?unit=%d", o.unit), fmt.Sprintf("/devices?group=%d", o.group.ID), "/devices?q=outside",
		fmt.Sprintf("/groups?unit=%d", o.unit), fmt.Sprintf("/groups?device=%d", o.device.ID), "/groups?q=outside",
		fmt.Sprintf("/updates?group=%d", o.group.ID), fmt.Sprintf("/executions?device=%d", o.device.ID),
		fmt.Sprintf("/executions?update=%d", o.update.ID), "/releases?name=" + o.release.Name,
	} {
		var l items
		w.send("GET", path, nil, "Authorization", "Bearer "+token).into(200, &l)
		if len(l.Items) != 0 {
			t.Errorf("%s: got %v", path, l.Items)
		}
	}
	a := w.send("GET", fmt.Sprintf("/devices.csv?unit=%d", o.unit), nil, "Authorization", "Bearer "+token)
	if a.status != 200 || strings.Count(string(a.body), "\n") != 1 {
		t.Errorf("got %d %s", a.status, a.body)
	}
	w.send("GET", "/devices?key="+o.device.Key, nil, "Authorization", "Bearer "+token).problem(403, "denied", "has no role there")
}

// TestARefusedBulkRequestChangesNothing gives what is half in another unit.
func TestARefusedBulkRequestChangesNothing(t *testing.T) {
	w := newRightsWorld(t)
	token := "Bearer " + w.User("in", fleet.ChannelAdministrator, w.inside.unit)
	var before, after items
	w.do("GET", "/audit?limit=1", nil).into(200, &before)
	w.send("POST", "/devices/import", fmt.Sprintf("key,unit\nnew,%d\nother,%d\n", w.inside.unit, w.outside.unit), "Authorization", token).problem(403, "denied", "in outside")
	w.send("POST", "/devices/import", fmt.Sprintf("key,name,unit\n%s,mine now,%d\n", w.outside.device.Key, w.inside.unit), "Authorization", token).problem(403, "denied", "in outside")
	w.send("POST", "/updates", w.inside.sup(object{"devices": []string{w.inside.device.Key, w.outside.device.Key}}), "Authorization", token).problem(403, "denied", "in outside")
	w.send("POST", "/magic-links", object{"release_id": w.inside.release.ID, "devices": []string{w.inside.device.Key, w.outside.device.Key}}, "Authorization", token).
		problem(403, "denied", "in outside")
	w.send("POST", fmt.Sprintf("/groups/%d/add", w.inside.group.ID), object{"devices": []string{w.inside.device.Key, w.outside.device.Key}}, "Authorization", token).
		problem(422, "invalid", "it is in outside, the group is in inside")
	w.do("GET", "/audit?limit=1", nil).into(200, &after)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("the audit log ended with %v and ends with %v", before.Items, after.Items)
	}
}

// TestAnUpdateOverUnitsIsCancelledWhereOneMay: each takes back their own part.
func TestAnUpdateOverUnitsIsCancelledWhereOneMay(t *testing.T) {
	w := newRightsWorld(t)
	above := "Bearer " + w.User("above", fleet.ChannelAdministrator, w.north)
	in := "Bearer " + w.User("in", fleet.ServiceAdministrator, w.inside.unit)
	r := w.Release("common", "1", "m")
	one, two := w.inside.newDevice(), w.outside.newDevice()
	var u, n object
	w.send("POST", "/updates", object{"type": "sup", "release_id": r.ID, "audience": object{"devices": []string{one.Key, two.Key}}}, "Authorization", above).into(201, &u)
	path := fmt.Sprintf("/updates/%v", u["id"])
	var l items
	w.send("GET", path+"/executions", nil, "Authorization", in).into(200, &l)
	if len(l.Items) != 1 || l.Items[0]["device"].(map[string]any)["key"] != one.Key {
		t.Errorf("got %v", l.Items)
	}
	w.send("POST", path+"/cancel", nil, "Authorization", in).into(200, &n)
	w.do("GET", path, nil).into(200, &u)
	if n["cancelled"] != 1.0 || fmt.Sprint(u["counts"]) != "map[cancelled:1 pending:1]" {
		t.Errorf("took back %v, left %v", n, u["counts"])
	}
}

// TestWhatHangsAboveMayBeUsedAndNotChanged.
func TestWhatHangsAboveMayBeUsedAndNotChanged(t *testing.T) {
	w := newRightsWorld(t)
	in := "Bearer " + w.User("in", fleet.ServiceAdministrator, w.inside.unit)
	r := w.Release("common", "1", "m")
	w.send("GET", "/releases/"+r.ID.String(), nil, "Authorization", in).into(200, nil)
	w.send("POST", "/updates", object{"type": "sup", "release_id": r.ID, "audience": object{"devices": []string{w.inside.newDevice().Key}}}, "Authorization", in).into(201, nil)
	w.send("POST", "/releases/"+r.ID.String()+"/predefined", object{"predefined": true}, "Authorization", in).
		problem(403, "denied", "devices, groups, files, releases and Magic Links are changed by")
	w.send("GET", fmt.Sprintf("/units/%d", w.north), nil, "Authorization", in).problem(403, "denied", "has no role there")
}

// TestACustomersAdministratorMakesNoChannelAdministrator, not of others and
// not of themselves.
func TestACustomersAdministratorMakesNoChannelAdministrator(t *testing.T) {
	w := newRightsWorld(t)
	in := "Bearer " + w.User("in", fleet.CustomerAdministrator, w.inside.unit)
	boss := w.inside.newUser()
	w.do("PUT", fmt.Sprintf("/users/%d/grants/%d", boss.ID, w.inside.unit), object{"role": fleet.ChannelAdministrator}).into(200, nil)
	w.send("POST", "/users", object{"name": "x", "unit_id": w.inside.unit, "role": fleet.ChannelAdministrator}, "Authorization", in).
		problem(403, "denied", "in may not give the role CHANNEL_ADMINISTRATOR in inside")
	for _, verb := range []string{"reset-password", "disable", "enable"} {
		w.send("POST", fmt.Sprintf("/users/%d/%s", boss.ID, verb), nil, "Authorization", in).problem(403, "denied", "in does not manage "+boss.Name)
	}
	w.send("DELETE", fmt.Sprintf("/users/%d/grants/%d", boss.ID, w.inside.unit), nil, "Authorization", in).problem(403, "denied", "does not manage")
	var me object
	w.send("GET", "/me", nil, "Authorization", in).into(200, &me)
	own := fmt.Sprintf("/users/%v/grants/%d", me["id"], w.inside.unit)
	w.send("PUT", own, object{"role": fleet.ChannelAdministrator}, "Authorization", in).problem(403, "denied", "may not give the role")
	w.send("DELETE", own, nil, "Authorization", in).problem(409, "conflict", "cannot take a role of one's own away")
	w.send("GET", fmt.Sprintf("/users/%d", boss.ID), nil, "Authorization", in).problem(403, "denied", "does not manage")
}

func TestAFirstPasswordOpensNothingUntilItIsChanged(t *testing.T) {
	c := newCaller(t)
	var made struct{ Password string }
	c.do("POST", "/users", object{"name": "ann@example.com", "unit_id": 1, "role": fleet.ChannelAdministrator}).into(201, &made)
	signIn := func(password string) string {
		t.Helper()
		var s struct{ Token string }
		c.send("POST", "/login", object{"name": "ann@example.com", "password": password}).into(200, &s)
		return "Bearer " + s.Token
	}
	first := signIn(made.Password)
	for _, row := range api.Rows() {
		switch row.Needs {
		case "public", "first_sign_in":
		default:
			c.send(row.Method, row.Path, "{broken", "Authorization", first).problem(403, "denied", "ann@example.com has to choose a password first")
		}
	}
	var me object
	c.send("GET", "/me", nil, "Authorization", first).into(200, &me)
	if me["must_change"] != true || me["grants"] == nil {
		t.Errorf("got %v", me)
	}
	c.send("POST", "/me/password", object{"old": "wrong", "new": "a password of my own"}, "Authorization", first).problem(403, "denied", "the old one is wrong")
	c.send("POST", "/me/password", object{"old": made.Password, "new": "short"}, "Authorization", first).problem(422, "invalid", "12 to 1024")
	c.send("POST", "/me/password", object{"old": made.Password, "new": "a password of my own"}, "Authorization", first).into(204, nil)
	c.send("GET", "/me", nil, "Authorization", first).problem(401, "denied", "not signed in")
	c.send("GET", "/devices", nil, "Authorization", signIn("a password of my own")).into(200, nil)
}

func TestADisabledUserIsOutAtOnce(t *testing.T) {
	c := newCaller(t)
	token := "Bearer " + c.User("ann", fleet.ServiceViewer, fleet.Root)
	u, err := c.Store.UserByName(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	var secret struct{ Secret string }
	c.send("POST", "/me/tokens", object{"name": "ci", "life_seconds": 60}, "Authorization", token).into(201, &secret)
	c.send("GET", "/devices", nil, "Authorization", "Bearer "+secret.Secret).into(200, nil)
	var shown object
	c.do("POST", fmt.Sprintf("/users/%d/disable", u.ID), nil).into(200, &shown)
	if shown["disabled_at"] != "2026-11-21T12:00:00Z" {
		t.Errorf("got %v", shown)
	}
	for _, held := range []string{token, "Bearer " + secret.Secret} {
		c.send("GET", "/devices", nil, "Authorization", held).problem(401, "denied", "not signed in")
	}
	var reset struct{ Password string }
	c.do("POST", fmt.Sprintf("/users/%d/reset-password", u.ID), nil).into(200, &reset)
	c.send("POST", "/login", object{"name": "ann", "password": reset.Password}).problem(401, "denied", "cannot sign in")
	c.do("POST", fmt.Sprintf("/users/%d/enable", u.ID), nil).into(200, nil)
	c.send("POST", "/login", object{"name": "ann", "password": reset.Password}).into(200, nil)
}

func TestAnAPITokenDoesWhatItIsMadeForAndEnds(t *testing.T) {
	c := newCaller(t)
	var made struct {
		Secret string
		Token  object
	}
	a := c.do("POST", "/me/tokens", object{"name": "ci", "actions": []string{"device.read"}, "life_seconds": 3600})
	a.into(201, &made)
	if made.Token["expires_at"] != "2026-11-21T13:00:00Z" || len(made.Secret) != 43 {
		t.Errorf("got %v", made)
	}
	token := "Bearer " + made.Secret
	c.send("GET", "/devices", nil, "Authorization", token).into(200, nil)
	c.send("POST", "/groups", object{"unit_id": 1, "name": "g"}, "Authorization", token).problem(403, "denied", "the token is not good for group.write")
	c.send("POST", "/me/tokens", object{"name": "more", "life_seconds": 60}, "Authorization", token).problem(403, "denied", "made by a person")
	var l items
	c.do("GET", "/me/tokens", nil).into(200, &l)
	if len(l.Items) != 1 || l.Items[0]["name"] != "ci" || strings.Contains(fmt.Sprint(l), made.Secret) {
		t.Errorf("got %v", l)
	}
	c.do("POST", "/me/tokens", object{"name": "x", "actions": []string{"device.eat"}, "life_seconds": 60}).problem(422, "invalid", `there is no action "device.eat"`)
	c.do("POST", "/me/tokens", object{"name": "short", "life_seconds": 60}).into(201, &made)
	c.do("DELETE", "/me/tokens?name=ci", nil).into(204, nil)
	c.do("DELETE", "/me/tokens?name=ci", nil).problem(404, "not_found", `there is no token "ci"`)
	c.send("GET", "/devices", nil, "Authorization", token).problem(401, "denied", "not signed in")
	c.Clock.Advance(time.Minute)
	c.send("GET", "/devices", nil, "Authorization", "Bearer "+made.Secret).problem(401, "denied", "not signed in")
}

func TestWhoMayWhatIsSaidWithRuleAndUnit(t *testing.T) {
	w := newRightsWorld(t)
	w.User("op", fleet.ServiceOperator, w.north)
	var d struct {
		Allowed      bool
		Reason, Rule string
		Grant        struct{ Unit, Role string }
	}
	w.do("GET", fmt.Sprintf("/can?user=op&action=device.log&unit=%d", w.inside.unit), nil).into(200, &d)
	if !d.Allowed || d.Grant.Unit != "North" || d.Grant.Role != "SERVICE_OPERATOR" || !strings.HasPrefix(d.Rule, "logs and diagnostics are for") {
		t.Errorf("got %+v", d)
	}
	w.do("GET", fmt.Sprintf("/can?user=op&action=update.write&unit=%d", w.inside.unit), nil).into(200, &d)
	if d.Allowed || !strings.HasPrefix(d.Reason, "op may not update.write in inside: update commands are for") {
		t.Errorf("got %+v", d)
	}
	w.do("GET", "/can?user=op&action=nonsense", nil).problem(422, "invalid", `there is no action "nonsense"`)
	w.do("GET", "/can?user=ghost&action=device.read", nil).problem(404, "not_found", "ghost")
	w.do("GET", "/can?action=device.read", nil).into(200, &d)
	if !d.Allowed {
		t.Errorf("got %+v", d)
	}
}
