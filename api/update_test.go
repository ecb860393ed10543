package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// given is a fleet of two models with a release for one of them.
func (c caller) given() (fits, other fleet.Device, command object) {
	c.t.Helper()
	fits, other = c.Device("fits", "iStation"), c.Device("other", "iFemto")
	r := c.Release("hello", "1.0.0", "iStation")
	return fits, other, object{"type": "sup", "release_id": r.ID, "audience": object{"devices": []string{"fits", "other"}}}
}

func TestADryRunSaysWhatWouldHappenAndChangesNothing(t *testing.T) {
	c := newCaller(t)
	_, _, command := c.given()
	before := c.do("GET", "/audit", nil)
	a := c.do("POST", "/updates?dry_run=true", command, "Idempotency-Key", "k")
	var plan struct {
		Items []struct {
			Device        struct{ Key string }
			State, Reason string
		}
	}
	a.into(200, &plan)
	if len(plan.Items) != 2 || plan.Items[0].Device.Key != "fits" || plan.Items[0].State != "pending" ||
		plan.Items[1].State != "refused" || plan.Items[1].Reason != "model is iFemto, the release is for iStation" {
		t.Errorf("got %s", a.body)
	}
	for _, path := range []string{"/updates", "/executions"} {
		var l items
		c.do("GET", path, nil).into(200, &l)
		if len(l.Items) != 0 {
			t.Errorf("%s: got %v", path, l)
		}
	}
	if after := c.do("GET", "/audit", nil); string(after.body) != string(before.body) {
		t.Errorf("the audit log was\n%s and is\n%s", before.body, after.body)
	}
}

func TestTheSameIdempotencyKeyTwiceIsOneUpdate(t *testing.T) {
	c := newCaller(t)
	_, _, command := c.given()
	var first, second, third object
	c.do("POST", "/updates", command, "Idempotency-Key", "k").into(201, &first)
	c.do("POST", "/updates", command, "Idempotency-Key", "k").into(201, &second)
	if first["id"] != second["id"] || first["id"] == nil {
		t.Errorf("got %v and %v", first["id"], second["id"])
	}
	c.do("POST", "/updates", command, "Idempotency-Key", "another").into(201, &third)
	if third["id"] == first["id"] || third["status"] != "not_sent" {
		t.Errorf("got %v", third)
	}
	var l items
	c.do("GET", "/updates", nil).into(200, &l)
	if len(l.Items) != 2 || l.Items[0]["audience"] != nil {
		t.Errorf("got %v", l)
	}
}

func TestAnUpdateIsFollowedFromPendingToItsEnd(t *testing.T) {
	c := newCaller(t)
	fits, _, command := c.given()
	command["retries"], command["expires_at"] = 2, "2026-11-22T13:00:00+01:00"
	var u object
	c.do("POST", "/updates", command).into(201, &u)
	if u["status"] != "pending" || u["title"] != "hello 1.0.0" || u["retries"] != 2.0 || u["expires_at"] != "2026-11-22T12:00:00Z" ||
		fmt.Sprint(u["counts"], u["sent"], u["active"], u["total"]) != "map[pending:1 refused:1] 0 1 2" {
		t.Errorf("got %v", u)
	}
	path := fmt.Sprintf("/updates/%v", u["id"])
	var l items
	c.do("GET", path+"/executions?state=pending,sent", nil).into(200, &l)
	if len(l.Items) != 1 || l.Items[0]["reason"] != "waits for the next telemetry message" || l.Items[0]["final"] != false {
		t.Fatalf("got %v", l)
	}
	execution := fmt.Sprintf("/executions/%v", l.Items[0]["id"])
	c.Clock.Advance(time.Minute)
	c.Offer(fits)
	c.Report(fits, fleet.StartInstall, "", nil)
	c.Report(fits, fleet.Succeed, "1 action", json.RawMessage(`{"actions":[{"type":"file.install"}]}`))
	var e object
	c.do("GET", execution, nil).into(200, &e)
	if e["state"] != "succeeded" || e["final"] != true || e["sent_at"] != "2026-11-21T12:01:00Z" ||
		fmt.Sprint(e["confirmation"]) != "map[actions:[map[type:file.install]]]" || e["device"].(map[string]any)["key"] != "fits" {
		t.Errorf("got %v", e)
	}
	c.do("GET", execution+"/events", nil).into(200, &l)
	var story []string
	for _, v := range l.Items {
		story = append(story, v["state"].(string))
	}
	if got := strings.Join(story, " "); got != "pending sent installation_started succeeded" {
		t.Errorf("got %s", got)
	}
	var first, rest object
	c.do("GET", execution+"/events?limit=3", nil).into(200, &first)
	c.do("GET", fmt.Sprintf("%s/events?after=%.0f", execution, first["next"]), nil).into(200, &rest)
	if last := rest["items"].([]any); len(last) != 1 || last[0].(map[string]any)["state"] != "succeeded" || rest["next"] != nil {
		t.Errorf("after %v: got %v", first["next"], rest)
	}
	c.do("GET", path, nil).into(200, &u)
	if u["status"] != "sent" || fmt.Sprint(u["counts"], u["sent"], u["active"]) != "map[refused:1 succeeded:1] 1 0" || u["audience"] == nil {
		t.Errorf("got %v", u)
	}
	c.do("POST", execution+"/cancel", nil).problem(409, "conflict", "cannot cancel the update on fits: it has ended: succeeded since")
}

func TestWhatWasNotSentIsTakenBack(t *testing.T) {
	c := newCaller(t)
	fits, other, command := c.given()
	r := c.Release("any", "1", "iFemto")
	var u, e, n object
	c.do("POST", "/updates", command).into(201, &u)
	c.do("POST", fmt.Sprintf("/updates/%v/cancel", u["id"]), nil).into(200, &n)
	if n["cancelled"] != 1.0 {
		t.Errorf("got %v", n)
	}
	c.do("POST", fmt.Sprintf("/updates/%v/cancel", u["id"]), nil).into(200, &n)
	if n["cancelled"] != 0.0 {
		t.Errorf("got %v", n)
	}
	c.Update(r, "other")
	var l items
	c.do("GET", "/devices/"+other.ID.String()+"/executions?limit=1", nil).into(200, &l)
	c.do("POST", fmt.Sprintf("/executions/%v/cancel", l.Items[0]["id"]), nil).into(200, &e)
	if e["state"] != "cancelled" || e["reason"] != "by admin" {
		t.Errorf("got %v", e)
	}
	c.do("GET", "/executions?device="+fits.ID.String()+"&state=cancelled", nil).into(200, &l)
	if len(l.Items) != 1 {
		t.Errorf("got %v", l)
	}
	c.do("GET", "/updates/999/executions", nil).problem(404, "not_found", "")
	c.do("GET", "/devices/999/executions", nil).problem(404, "not_found", "")
}

func TestAnUpdateThatCannotBeIsRefused(t *testing.T) {
	c := newCaller(t)
	_, _, command := c.given()
	for name, change := range map[string]struct {
		field  string
		value  any
		status int
		code   string
		detail string
	}{
		"type":    {"type", "image", 422, "invalid", "body.type: expected value to be one of"},
		"release": {"release_id", 999, 404, "not_found", ""},
		"past":    {"expires_at", "2026-11-21T11:59:59Z", 422, "invalid", "which is past"},
		"device":  {"audience", object{"devices": []string{"fits", "ghost"}}, 404, "not_found", "there is no device ghost"},
		"many":    {"retries", 11, 422, "invalid", "body.retries"},
	} {
		wrong := object{}
		for k, v := range command {
			wrong[k] = v
		}
		wrong[change.field] = change.value
		a := c.do("POST", "/updates", wrong)
		a.what = name
		a.problem(change.status, change.code, change.detail)
	}
}

func TestAnUpdateNamesAtMostTenThousandDevices(t *testing.T) {
	c := newCaller(t)
	r := c.Release("hello", "1.0.0", "iStation")
	keys := make([]string, 10_000)
	for i := range keys {
		keys[i] = fmt.Sprintf("%0*d", fleet.MaxKey, i)
	}
	command := object{"type": "sup", "release_id": r.ID, "audience": object{"devices": keys}}
	c.do("POST", "/updates", command).problem(404, "not_found", "and 9997 more")
	command["audience"] = object{"devices": append(keys, "one more")}
	c.do("POST", "/updates", command).problem(422, "invalid", "body.audience.devices: ")
}
