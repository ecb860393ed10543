package api_test

import (
	"strconv"
	"strings"
	"testing"
)

func TestEveryCodeHasItsStatus(t *testing.T) {
	c := newCaller(t)
	c.do("GET", "/devices/999", nil).problem(404, "not_found", "")
	c.do("GET", "/nothing", nil).problem(404, "not_found", "there is no GET /api/v1/nothing")
	c.do("DELETE", "/devices", nil).problem(404, "not_found", "there is no DELETE")
	c.do("POST", "/tokens", object{"kind": "application", "device_key": "x"}).problem(422, "invalid", "application without a device key")
	pending := c.PendingDevice("waits", "m")
	c.do("POST", "/devices/"+pending.ID.String()+"/diagnostic", nil).problem(409, "conflict", "the device is pending, not accepted")
	c.send("GET", "/devices", nil, "Authorization", "Bearer "+c.Nobody()).problem(403, "denied", "device.read")
	for range 8 {
		c.send("POST", "/login", object{"name": "admin", "password": "wrong"}).problem(401, "denied", "name or password is wrong")
	}
	locked := c.send("POST", "/login", object{"name": "admin", "password": c.Password})
	locked.problem(503, "unavailable", "try again after 12:30 UTC")
	if after := locked.header.Get("Retry-After"); after != "1800" {
		t.Errorf("Retry-After is %q", after)
	}
}

func TestAFaultOfOursIsToldByItsRequestAndLoggedOnce(t *testing.T) {
	c := newCaller(t)
	c.Break()
	a := c.do("GET", "/devices", nil)
	a.problem(500, "internal", "internal error")
	var p struct {
		RequestID string `json:"request_id"`
	}
	a.into(500, &p)
	if p.RequestID == "" || p.RequestID != a.header.Get("X-Request-Id") {
		t.Errorf("got request id %q, header %q", p.RequestID, a.header.Get("X-Request-Id"))
	}
	if n := strings.Count(c.Log.String(), `msg="request failed" request_id=`+p.RequestID); n != 1 {
		t.Errorf("logged %d times:\n%s", n, c.Log)
	}
	if strings.Contains(string(a.body), "closed") {
		t.Errorf("the cause is shown: %s", a.body)
	}
}

func TestARequestThatIsWrongSaysWhere(t *testing.T) {
	c := newCaller(t)
	for _, row := range []struct {
		method, path, body string
		status             int
		detail             string
	}{
		{"GET", "/devices?limit=0", "", 422, "query.limit: "},
		{"GET", "/devices?limit=1001", "", 422, "query.limit: "},
		{"GET", "/devices?limt=5", "", 422, "query.limt: unknown query parameter"},
		{"GET", "/devices?state=lost", "", 422, "query.state: "},
		{"GET", "/devices/0", "", 422, "path.device: "},
		{"GET", "/devices/abc", "", 422, "path.device: "},
		{"GET", "/devices?key=a&q=b", "", 422, "key names one device"},
		{"GET", "/executions?state=lost", "", 422, `there is no state "lost"`},
		{"GET", "/devices/1/history?kind=property", "", 422, "query.key: required"},
		{"GET", "/devices/1/values?kind=feeling", "", 422, "query.kind: "},
		{"POST", "/tokens", "{", 400, ""},
		{"POST", "/tokens", "", 400, ""},
		{"POST", "/tokens", `{"kind":"one_time","colour":"red"}`, 422, "body.colour: unexpected property"},
		{"POST", "/tokens", `{"kind":"eternal"}`, 422, "body.kind: "},
		{"POST", "/releases", `{"file_id":"3"}`, 422, "body.file_id: expected integer"},
		{"POST", "/updates", `{"type":"sup","release_id":1,"audience":{"devices":[]}}`, 422, "body.audience.devices: "},
		{"POST", "/files", "x", 422, "query.name: required"},
		{"POST", "/login", `{"name":"` + strings.Repeat("x", 2<<20) + `"}`, 413, ""},
	} {
		what := row.method + " " + row.path + " " + row.body[:min(len(row.body), 80)]
		a := c.do(row.method, row.path, []byte(row.body))
		a.what = what + " -> " + strconv.Itoa(a.status)
		a.problem(row.status, "invalid", row.detail)
	}
}
