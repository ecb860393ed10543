package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/fleet"
)

// warned is a playbook that can be sent, with one warning.
const warned = "- name: demo\n  groups: [all]\n  tasks:\n    - !echo\n      msg: \"hello {{ nobody }}\"\n"

func (c caller) audience(keys ...string) object { return object{"devices": keys} }

// crowd is a group of new gateways; those that check can run a script in check mode.
func (c caller) crowd(checks, others int) (group int, devices []fleet.Device) {
	c.t.Helper()
	var g struct{ ID int }
	c.do("POST", "/groups", object{"unit_id": 1, "name": "line 3"}).into(201, &g)
	var keys []string
	for i := range checks + others {
		d := c.Device(fmt.Sprintf("gw-%d", i), "m")
		c.Contact(d, fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeJetPorch, Text: "true"})
		if i < checks {
			c.Checks(d)
		}
		devices, keys = append(devices, d), append(keys, d.Key)
	}
	c.do("POST", fmt.Sprintf("/groups/%d/add", g.ID), object{"devices": keys}).into(200, nil)
	return g.ID, devices
}

// states are the executions of an update: "gw-0 succeeded: reason".
func (c caller) states(update any) string {
	c.t.Helper()
	var l items
	c.do("GET", fmt.Sprintf("/updates/%v/executions", update), nil).into(200, &l)
	var all []string
	for _, e := range l.Items {
		all = append([]string{fmt.Sprintf("%v %v: %v", e["device"].(map[string]any)["key"], e["state"], e["reason"])}, all...)
	}
	return strings.Join(all, "; ")
}

func TestAScriptIsCheckedFirstAndExactlyThatIsApplied(t *testing.T) {
	c := newCaller(t)
	group, devices := c.crowd(3, 1)
	script := script("demo")
	var check, shown, plan, apply, again object
	c.do("POST", "/updates", object{"type": "jetporch", "script": script, "check": true, "retries": 2, "audience": object{"group_id": group}}).into(201, &check)
	if check["check"] != true || check["check_id"] != nil {
		t.Errorf("got %v", check)
	}
	path := fmt.Sprintf("/updates/%v/apply", check["id"])
	c.do("POST", path, nil).problem(409, "conflict", "no device has answered that it succeeded; wait for the first")

	for i, d := range devices[:2] {
		c.Contact(d)
		c.Offer(d)
		c.Report(d, []fleet.Event{fleet.Succeed, fleet.Decline}[i], "would change 1 of 1 tasks: hello", nil)
	}
	if got := c.states(check["id"]); got != "gw-0 succeeded: would change 1 of 1 tasks: hello; gw-1 declined: would change 1 of 1 tasks: hello; "+
		"gw-2 pending: waits for the next telemetry message; gw-3 refused: this device cannot check a script without applying it" {
		t.Errorf("got %s", got)
	}

	c.do("POST", path+"?dry_run=true", nil).into(200, &plan)
	if got := fmt.Sprint(plan["items"]); strings.Count(got, "state:") != 1 || !strings.Contains(got, "key:gw-0") || !strings.Contains(got, "state:pending") {
		t.Errorf("got %s", got)
	}
	c.do("POST", path, nil, "Idempotency-Key", "second click").into(201, &apply)
	c.do("POST", path, nil, "Idempotency-Key", "second click").into(201, &again)
	if apply["id"] != again["id"] || apply["check_id"] != check["id"] || apply["check"] != nil || apply["content"] != script || apply["type"] != "jetporch" ||
		apply["title"] != "JetPorch script (checked)" || apply["retries"] != 2.0 || fmt.Sprint(apply["group_id"]) != fmt.Sprint(group) ||
		fmt.Sprint(apply["release"]) != fmt.Sprint(check["release"]) {
		t.Errorf("got %v of %v, again %v", apply, check, again["id"])
	}
	if got := c.states(apply["id"]); got != "gw-0 pending: waits for the next telemetry message" {
		t.Errorf("got %s", got)
	}
	c.do("POST", path, nil, "Idempotency-Key", "a third").problem(409, "conflict", "on every device on which it succeeded it was applied, or is on the way")
	var l items
	c.do("GET", fmt.Sprintf("/groups/%d/updates", group), nil).into(200, &l)
	if len(l.Items) != 2 || l.Items[0]["id"] != apply["id"] || l.Items[0]["check_id"] != check["id"] || l.Items[1]["check"] != true {
		t.Errorf("got %v", l.Items)
	}
	if c.do("GET", fmt.Sprintf("/updates?check=%v", check["id"]), nil).into(200, &l); len(l.Items) != 1 || l.Items[0]["id"] != apply["id"] {
		t.Errorf("what applies the check: got %v", l.Items)
	}
	c.do("GET", fmt.Sprintf("/updates/%v", check["id"]), nil).into(200, &shown)
	c.do("GET", "/releases", nil).into(200, &l)
	if len(l.Items) != 0 {
		t.Errorf("a typed script is among the releases: %v", l.Items)
	}
}

func TestOnlyACheckThatSucceededSomewhereIsApplied(t *testing.T) {
	c := newCaller(t)
	fits, _, command := c.given()
	apply := func(body object) answer {
		var u object
		c.do("POST", "/updates", body).into(201, &u)
		if body["check"] == true && body["type"] == "jetporch" {
			c.Contact(fits)
			if u["active"] != 0.0 {
				c.Offer(fits)
				c.Report(fits, fleet.Fail, "the disk is full", nil)
			}
		}
		return c.do("POST", fmt.Sprintf("/updates/%v/apply", u["id"]), nil)
	}
	apply(command).problem(409, "conflict", "it is no check")
	command["check"] = true
	c.do("POST", "/updates", command).problem(422, "invalid", "cannot check hello 1.0.0 first: only a JetPorch script or bundle can say what it would change")
	check := object{"type": "jetporch", "script": script("demo"), "check": true, "audience": c.audience("fits")}
	apply(check).problem(409, "conflict", "it was given to no device")
	c.Checks(fits)
	c.Contact(fits)
	c.Offer(fits)
	c.Report(fits, fleet.Succeed, "", nil)
	apply(check).problem(409, "conflict", "it succeeded on no device")
	c.do("POST", "/updates/999/apply", nil).problem(404, "not_found", "")
}

func TestAScriptThatWarnsIsSentWhenTheWarningIsAccepted(t *testing.T) {
	c := newCaller(t)
	c.Checks(c.Device("gw", "m"))
	command := object{"type": "jetporch", "script": warned, "audience": c.audience("gw")}
	var p struct {
		Findings []struct {
			File, Severity, Code, Sentence string
			Line, Column                   int
		}
	}
	for _, path := range []string{"/updates", "/updates?dry_run=true"} {
		a := c.do("POST", path, command)
		a.problem(409, "unconfirmed", "cannot send the script before its warning is accepted: line 5, column")
		a.into(409, &p)
		if len(p.Findings) != 1 || p.Findings[0].Severity != "warning" || p.Findings[0].Line != 5 || p.Findings[0].Column == 0 || p.Findings[0].Sentence == "" {
			t.Errorf("got %s", a.body)
		}
	}
	twice := object{"type": "jetporch", "script": warned + "    - !echo\n      msg: \"{{ either }}\"\n", "audience": c.audience("gw")}
	c.do("POST", "/updates", twice).problem(409, "unconfirmed", "before its 2 warnings are accepted: line 5, column 22: nothing seems to define")
	wrong := object{"type": "jetporch", "script": warned + "    - !nothing\n      x: 1\n", "audience": c.audience("gw"), "accept_warnings": true}
	a := c.do("POST", "/updates", wrong)
	a.problem(422, "invalid", "cannot send the script: line 6, column")
	if a.into(422, &p); len(p.Findings) != 2 {
		t.Errorf("the warning is not among what was found: %s", a.body)
	}
	command["accept_warnings"] = true
	var l items
	c.do("POST", "/updates?dry_run=true", command).into(200, nil)
	c.do("POST", "/updates", command).into(201, nil)
	if c.do("GET", "/updates", nil).into(200, &l); len(l.Items) != 1 {
		t.Errorf("got %v", l.Items)
	}
}

func TestWhatIsGivenWithATypedScriptIsRefused(t *testing.T) {
	c := newCaller(t)
	c.Checks(c.Device("gw", "m"))
	command := object{"type": "jetporch", "script": script("demo"), "audience": c.audience("gw"), "variables": object{"speed": "1"}}
	c.do("POST", "/updates", command).problem(422, "invalid", `the variable "speed" is not declared by the package: it takes none`)
	command["release_id"] = 1
	c.do("POST", "/updates", command).problem(422, "invalid", "it has a script and a release")
}
