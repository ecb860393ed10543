package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/fleet"
)

// TestAGroupLivesFromItsMakingToItsEnd walks a group through its routes.
func TestAGroupLivesFromItsMakingToItsEnd(t *testing.T) {
	c := newCaller(t)
	unit := c.Unit(fleet.Root, fleet.Customer, "Acme")
	a, b := c.DeviceIn(unit, "gw-a", "m"), c.DeviceIn(unit, "gw-b", "m")
	var g object
	c.do("POST", "/groups", object{"unit_id": unit, "name": "line", "description": "the third"}).into(201, &g)
	path := fmt.Sprintf("/groups/%v", g["id"])
	c.do("POST", "/groups", object{"unit_id": unit, "name": "line"}).problem(409, "conflict", "line")
	c.do("POST", path+"/add", object{"devices": []string{a.Key, b.Key}}).into(200, &g)
	if g["members"] != 2.0 || g["update_waiting"] != nil {
		t.Errorf("got %v", g)
	}
	r := c.Release("hello", "1", "m")
	var u object
	c.do("POST", "/updates", object{"type": "sup", "release_id": r.ID, "audience": object{"group_id": g["id"]}}).into(201, &u)
	if u["group_id"] != g["id"] || u["unit_id"] != float64(unit) || u["total"] != 2.0 {
		t.Errorf("got %v", u)
	}
	c.do("GET", path, nil).into(200, &g)
	if g["update_waiting"] != true {
		t.Errorf("got %v", g)
	}
	c.do("POST", path+"/remove", object{"devices": []string{b.Key}}).into(200, &g)
	var renamed object
	c.do("PUT", path, object{"name": "line 3"}).into(200, &renamed)
	if renamed["name"] != "line 3" || renamed["description"] != nil || renamed["members"] != 1.0 {
		t.Errorf("got %v", renamed)
	}
	for list, want := range map[string]int{path + "/devices": 1, path + "/updates": 1, fmt.Sprintf("/devices?group=%v", g["id"]): 1,
		"/groups?q=LINE": 1, "/groups?q=x": 0, "/groups?device=" + a.ID.String(): 1, "/groups?device=" + b.ID.String(): 0,
		fmt.Sprintf("/groups?unit=%d", unit): 1, fmt.Sprintf("/updates?group=%v", g["id"]): 1, "/updates?waiting=true": 1} {
		var l items
		c.do("GET", list, nil).into(200, &l)
		if len(l.Items) != want {
			t.Errorf("%s: got %d, want %d", list, len(l.Items), want)
		}
	}
	c.Contact(a)
	c.Offer(a)
	c.do("POST", fmt.Sprintf("/updates/%v/cancel", u["id"]), nil).into(200, nil)
	c.do("GET", path, nil).into(200, &g)
	c.do("GET", fmt.Sprintf("/updates/%v", u["id"]), nil).into(200, &u)
	if g["update_waiting"] != false || u["status"] != "partially_sent" {
		t.Errorf("got %v and %v", g, u)
	}
	c.do("DELETE", path, nil).into(204, nil)
	c.do("GET", path, nil).problem(404, "not_found", "group")
	c.do("GET", fmt.Sprintf("/updates/%v", u["id"]), nil).into(200, &u)
}

// TestTheLastUpdatesOfADevice shows sending and outcome side by side.
func TestTheLastUpdatesOfADevice(t *testing.T) {
	c := newCaller(t)
	d := c.Device("gw", "m")
	c.Contact(d, fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeJetPorch, Text: "true"})
	c.Update(c.Release("hello", "1", "m"), d.Key)
	c.Contact(d)
	c.Offer(d)
	c.Report(d, fleet.Fail, "no space", nil)
	script := script("long") + strings.Repeat("# a line of the script\n", 50)
	var u object
	c.do("POST", "/updates", object{"type": "jetporch", "script": script, "audience": object{"devices": []string{d.Key}}}).into(201, &u)
	if u["content"] != script {
		t.Errorf("got %.80v", u["content"])
	}
	c.do("POST", "/updates", object{"type": "jetporch", "script": script, "audience": object{"devices": []string{d.Key}}}).
		problem(409, "conflict", "another Custom JetPorch script is pending since")
	var l items
	c.do("GET", "/devices/"+d.ID.String()+"/updates", nil).into(200, &l)
	if len(l.Items) != 2 {
		t.Fatalf("got %v", l)
	}
	first, second := l.Items[1], l.Items[0]
	for name, want := range map[string]any{"type": "sup", "title": "hello 1", "created_by": "admin", "status": "sent", "outcome": "failed", "reason": "no space", "cancellable": false} {
		if first[name] != want {
			t.Errorf("%s: got %v, want %v", name, first[name], want)
		}
	}
	content, _ := second["content"].(string)
	if second["status"] != "pending" || second["outcome"] != "pending" || second["cancellable"] != true || !strings.HasPrefix(script, strings.TrimSuffix(content, "…")) || len(content) > 110 {
		t.Errorf("got %v", second)
	}
	var shown object
	c.do("GET", "/devices/"+d.ID.String(), nil).into(200, &shown)
	if shown["update_waiting"] != true || shown["jetporch"] != true {
		t.Errorf("got %v", shown)
	}
	c.do("POST", fmt.Sprintf("/executions/%v/cancel", second["execution_id"]), nil).into(200, &shown)
	if shown["sending"] != "cancelled" {
		t.Errorf("got %v", shown)
	}
}
