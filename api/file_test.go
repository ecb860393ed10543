package api_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/internal/apitest"
	"github.com/sluicehq/sluice/sup"
)

func TestAFileComesBackAsItWent(t *testing.T) {
	c := newCaller(t)
	content := bytes.Repeat([]byte("0123456789"), 1000)
	sum := sha256.Sum256(content)
	tag := `"` + hex.EncodeToString(sum[:]) + `"`
	var f object
	c.do("POST", "/files?name=a%20b.bin", content).into(201, &f)
	if f["sha256"] != strings.Trim(tag, `"`) || f["size"] != 10000.0 || f["name"] != "a b.bin" || f["created_by"] != "admin" {
		t.Errorf("got %v", f)
	}
	path := fmt.Sprintf("/files/%v/content", f["id"])
	whole := c.do("GET", path, nil)
	if whole.status != 200 || !bytes.Equal(whole.body, content) || whole.header.Get("ETag") != tag ||
		whole.header.Get("Content-Disposition") != `attachment; filename="a b.bin"` || whole.header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("got %d %v", whole.status, whole.header)
	}
	for _, row := range []struct {
		header []string
		status int
		body   string
	}{
		{[]string{"Range", "bytes=9995-"}, 206, "56789"},
		{[]string{"Range", "bytes=10-12", "If-Range", tag}, 206, "012"},
		{[]string{"Range", "bytes=10-12", "If-Range", `"other"`}, 200, string(content)},
		{[]string{"If-None-Match", tag}, 304, ""},
	} {
		if a := c.do("GET", path, nil, row.header...); a.status != row.status || string(a.body) != row.body {
			t.Errorf("%v: got %d and %d bytes", row.header, a.status, len(a.body))
		}
	}
	if a := c.do("GET", path, nil, "Range", "bytes=10000-"); a.status != 416 {
		t.Errorf("got %d", a.status)
	}
	c.do("GET", "/files/999/content", nil).problem(404, "not_found", "")
}

func TestAFileIsDeletedUnlessAReleaseIsMadeOfIt(t *testing.T) {
	c := newCaller(t)
	r := c.Release("hello", "1", "m")
	c.do("DELETE", "/files/"+r.FileID.String(), nil).problem(409, "conflict", "release hello 1 is made of it")
	var f object
	c.do("POST", "/files?name=notes.txt", []byte("x")).into(201, &f)
	path := fmt.Sprintf("/files/%v", f["id"])
	c.do("DELETE", path, nil).into(204, nil)
	c.do("GET", path+"/content", nil).problem(404, "not_found", "")
	c.do("DELETE", path, nil).problem(404, "not_found", "")
	var l items
	c.do("GET", "/audit?limit=1", nil).into(200, &l)
	if l.Items[0]["action"] != "file.delete" || l.Items[0]["object"] != "file notes.txt" {
		t.Errorf("got %v", l.Items)
	}
}

func TestADeviceIsTakenOutOfService(t *testing.T) {
	c := newCaller(t)
	d := c.Device("gw", "m")
	r := c.Release("hello", "1", "m")
	var u object
	c.do("POST", "/updates", object{"type": "sup", "release_id": r.ID, "audience": object{"devices": []string{"gw"}}}).into(201, &u)
	c.do("DELETE", "/devices/"+d.ID.String(), nil).into(204, nil)
	var got object
	c.do("GET", "/devices/"+d.ID.String(), nil).into(200, &got)
	var l items
	c.do("GET", fmt.Sprintf("/updates/%v/executions", u["id"]), nil).into(200, &l)
	if got["state"] != "rejected" || l.Items[0]["state"] != "refused" || l.Items[0]["reason"] != "the device was decommissioned" {
		t.Errorf("got %v, %v", got, l.Items)
	}
}

func TestAnUploadMayNameItsUnit(t *testing.T) {
	c := newCaller(t)
	var unit, f object
	c.do("POST", "/units", object{"kind": "customer", "name": "North", "parent_id": 1}).into(201, &unit)
	c.do("POST", fmt.Sprintf("/files?name=a&unit=%v", unit["id"]), []byte("x")).into(201, &f)
	if f["unit_id"] != unit["id"] {
		t.Errorf("got %v, want unit %v", f, unit["id"])
	}
	c.do("POST", "/files?name=a&unit=999", []byte("x")).problem(404, "not_found", "")
}

func TestAnUploadIsRefusedThatIsTooLargeOrBadlyNamedOrBroken(t *testing.T) {
	c := newCaller(t)
	c.do("POST", "/files?name=big", make([]byte, apitest.MaxFile+1)).problem(422, "invalid", "")
	c.do("POST", "/files?name=..%2Fetc", []byte("x")).problem(422, "invalid", "a file name has")
	c.do("POST", "/files?name=exact", make([]byte, apitest.MaxFile)).into(201, nil)

	conn, err := net.Dial("tcp", strings.TrimPrefix(c.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/v1/files?name=half HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 100\r\n\r\nhalf", c.Token)
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || res.StatusCode != 422 {
		t.Errorf("got %v, %v", res, err)
	}
	var l items
	c.do("GET", "/files", nil).into(200, &l)
	if len(l.Items) != 1 || l.Items[0]["name"] != "exact" {
		t.Errorf("got %v", l)
	}
	if strings.Contains(c.Log.String(), "request failed") {
		t.Errorf("a client's fault is logged as ours:\n%s", c.Log)
	}
}

func TestAReleaseIsMadeOfASignedPackage(t *testing.T) {
	c := newCaller(t)
	var f, r object
	c.do("POST", "/files?name=hello-1.0.0.sup", c.Package("hello", "1.0.0", "iStation")).into(201, &f)
	c.do("POST", "/releases", object{"file_id": f["id"]}).into(201, &r)
	if r["name"] != "hello" || r["version"] != "1.0.0" || r["format"] != "sup" || r["key_fingerprint"] != sup.Fingerprint(c.Signer.PublicKey()) {
		t.Errorf("got %v", r)
	}
	if got := fmt.Sprint(r["compatibility"], r["actions"]); !strings.HasPrefix(got, "map[models:[iStation]] [") || !strings.Contains(got, "/etc/hello") {
		t.Errorf("got %s", got)
	}
	c.do("POST", "/releases", object{"file_id": f["id"]}).problem(409, "conflict", "")
	var again object
	c.do("GET", fmt.Sprintf("/releases/%v", r["id"]), nil).into(200, &again)
	if fmt.Sprint(again) != fmt.Sprint(r) {
		t.Errorf("got %v, want %v", again, r)
	}
	c.do("POST", "/releases", object{"file_id": 999}).problem(404, "not_found", "")
}

func TestATamperedPackageIsRefusedWithTheReason(t *testing.T) {
	c := newCaller(t)
	pack := c.Package("hello", "1.0.0", "iStation")
	at := bytes.LastIndex(pack, []byte("hello\n"))
	pack[at] ^= 1
	var f object
	c.do("POST", "/files?name=hello-1.0.0.sup", pack).problem(422, "invalid", "package refused: member hello: ")
	c.do("POST", "/files?name=notes.txt", []byte("x")).into(201, &f)
	c.do("POST", "/releases", object{"file_id": f["id"]}).problem(422, "invalid", "cannot make a release of notes.txt")
	var l items
	c.do("GET", "/releases", nil).into(200, &l)
	if len(l.Items) != 0 {
		t.Errorf("got %v", l)
	}
}

func TestTheOwnersKeysArePublic(t *testing.T) {
	c := newCaller(t)
	var got struct {
		Keys []struct{ Fingerprint, Key string }
	}
	c.send("GET", "/keys", nil).into(200, &got)
	public := c.Signer.PublicKey()
	if len(got.Keys) != 1 || got.Keys[0].Fingerprint != sup.Fingerprint(public) || got.Keys[0].Key != base64.StdEncoding.EncodeToString(public) {
		t.Errorf("got %v", got)
	}
}
