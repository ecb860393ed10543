package api_test

import (
	"testing"
)

// TestTheAuditLogIsVerified and says which entry was changed.
func TestTheAuditLogIsVerified(t *testing.T) {
	c := newCaller(t)
	c.Device("gw", "m")
	n, err := c.Control.Seal(t.Context())
	if err != nil || n == 0 {
		t.Fatalf("sealed %d, %v", n, err)
	}
	var v object
	c.do("GET", "/audit/verification", nil).into(200, &v)
	if v["intact"] != true || v["entries"] != float64(n) || len(v["hash"].(string)) != 64 {
		t.Errorf("got %v", v)
	}
	var l items
	c.do("GET", "/audit?limit=1", nil).into(200, &l)
	if l.Items[0]["hash"] != v["hash"] || l.Items[0]["seal"] != float64(n) {
		t.Errorf("got %v", l.Items[0])
	}
	c.ForgeAudit()
	var broken object
	c.do("GET", "/audit/verification", nil).into(200, &broken)
	if broken["intact"] != false || broken["entries"] != v["entries"] || broken["hash"] != v["hash"] || broken["broken"] != float64(n+1) {
		t.Errorf("got %v", broken)
	}
}
