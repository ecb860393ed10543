package api_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestAMagicLinkIsShownOnceAndRefusesWhoIsNotDeclared by name.
func TestAMagicLinkIsShownOnceAndRefusesWhoIsNotDeclared(t *testing.T) {
	c := newCaller(t)
	c.Device("in", "m")
	c.Device("not", "m")
	r := c.Release("hello", "1", "m")
	var made struct {
		Hash      string
		MagicLink object `json:"magic_link"`
	}
	c.do("POST", "/magic-links", object{"release_id": r.ID, "devices": []string{"in"}, "note": "case 118"}).into(201, &made)
	if len(made.Hash) != 40 || made.MagicLink["declared"] != 1.0 {
		t.Errorf("got %v", made)
	}
	path := fmt.Sprintf("/magic-links/%v", made.MagicLink["id"])
	for _, read := range []string{"/magic-links", path, "/audit"} {
		if a := c.do("GET", read, nil); a.status != 200 || strings.Contains(string(a.body), made.Hash) {
			t.Errorf("%s: got %d, or it tells the hash", read, a.status)
		}
	}
	command := object{"type": "magic_link", "magic_link": made.Hash, "audience": object{"all": true}}
	var plan items
	c.do("POST", "/updates?dry_run=true", command).into(200, &plan)
	if len(plan.Items) != 2 || plan.Items[1]["reason"] != "not declared in the Magic Link" || plan.Items[0]["state"] != "pending" {
		t.Errorf("got %v", plan)
	}
	var u object
	c.do("POST", "/updates", command).into(201, &u)
	if u["content"] != made.Hash[:8]+"…" || fmt.Sprint(u["counts"]) != "map[pending:1 refused:1]" {
		t.Errorf("got %v", u)
	}
	var shown object
	c.do("GET", path, nil).into(200, &shown)
	if fmt.Sprint(shown["devices"]) != "[in]" || shown["revoked_at"] != nil {
		t.Errorf("got %v", shown)
	}
	c.do("POST", path+"/revoke", nil).into(200, &shown)
	if shown["revoked_at"] != "2026-11-21T12:00:00Z" {
		t.Errorf("got %v", shown)
	}
	c.do("POST", path+"/revoke", nil).problem(409, "conflict", "revoked")
	c.do("POST", "/updates", command).problem(404, "not_found", "the Magic Link is unknown or was revoked")
	command["magic_link"] = strings.Repeat("0", 40)
	c.do("POST", "/updates", command).problem(404, "not_found", "the Magic Link is unknown or was revoked")
}
