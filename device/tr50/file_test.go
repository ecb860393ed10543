package tr50

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

func content(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 >> 3)
	}
	return b
}

// ticket asks for a file of the organisation.
func (c *client) ticket(name string) wire.FileTicket {
	c.Helper()
	return decode[wire.FileTicket](c, c.ok("file.get", `{"fileName":`+quoted(name)+`,"global":true}`))
}

func body(t testing.TB, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAFileThatIsNotThereIsMinus90008(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	for _, global := range []string{"true", "false"} {
		f := c.fails(wire.CodeNotFound, "file.get", `{"thingKey":"gw-1","fileName":"test-ota.tar.gz","global":`+global+`}`)
		if f.Message != "File test-ota.tar.gz not found" || f.Code != -90008 {
			t.Errorf("got %v", f)
		}
	}
}

func TestAFileIsServedWithSizeChecksumAndETag(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f := w.file("a.bin", content(3000))
	ticket := w.enrol("gw-1").ticket("a.bin")
	if ticket.FileSize != 3000 || *ticket.CRC32 != wire.CRC32(content(3000)) || len(ticket.FileID) != 24 {
		t.Errorf("got %+v", ticket)
	}
	r := w.get(ticket.FileID, "")
	if r.StatusCode != 200 || r.ContentLength != 3000 || r.Header.Get("ETag") != `"`+f.SHA256+`"` {
		t.Errorf("got %d, %v", r.StatusCode, r.Header)
	}
	if !bytes.Equal(body(t, r), content(3000)) {
		t.Error("the content differs")
	}
}

func TestARangeIsAnsweredWithThePartAnd206(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a.bin", content(3000))
	r := w.get(w.enrol("gw-1").ticket("a.bin").FileID, "bytes=1000-1999")
	if r.StatusCode != http.StatusPartialContent || r.Header.Get("Content-Range") != "bytes 1000-1999/3000" {
		t.Errorf("got %d, %v", r.StatusCode, r.Header)
	}
	if !bytes.Equal(body(t, r), content(3000)[1000:2000]) {
		t.Error("the content differs")
	}
}

func TestARangeBeyondTheEndIs416(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a.bin", content(3000))
	id := w.enrol("gw-1").ticket("a.bin").FileID
	body(t, w.get(id, ""))
	// A client that found the whole file corrupt asks on at its end.
	if r := w.get(id, "bytes=3000-"); r.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("got %d, want 416", r.StatusCode)
	}
}

func TestATicketServesTheResumptionOfABrokenTransfer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a.bin", content(1<<20))
	id := w.enrol("gw-1").ticket("a.bin").FileID
	r := w.get(id, "")
	half := make([]byte, 1<<19)
	if _, err := io.ReadFull(r.Body, half); err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	rest := w.get(id, "bytes=524288-")
	if rest.StatusCode != http.StatusPartialContent || !bytes.Equal(append(half, body(t, rest)...), content(1<<20)) {
		t.Errorf("got %d, or another content", rest.StatusCode)
	}
}

func TestIfRangeOfAnotherContentServesTheWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a.bin", content(3000))
	id := w.enrol("gw-1").ticket("a.bin").FileID
	r, err := http.NewRequest(http.MethodGet, w.web.URL+"/file/"+id, nil)
	w.must(err)
	r.Header.Set("Range", "bytes=10-")
	r.Header.Set("If-Range", `"another"`)
	if status, got := w.do(r); status != 200 || len(got) != 3000 {
		t.Errorf("got %d with %d bytes", status, len(got))
	}
}

func TestATicketIsOverAfterItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a.bin", content(3000))
	c := w.enrol("gw-1")
	id := c.ticket("a.bin").FileID
	w.clock.Advance(200 * time.Second)
	if r := w.get(id, "bytes=0-99"); r.StatusCode != 206 {
		t.Fatalf("got %d, want 206", r.StatusCode)
	}
	w.clock.Advance(200 * time.Second) // 400 s after it was given, 200 s after its use
	if r := w.get(id, "bytes=0-99"); r.StatusCode != 206 {
		t.Fatalf("got %d, want 206: use prolongs a ticket", r.StatusCode)
	}
	w.clock.Advance(ticketTTL)
	if r := w.get(id, ""); r.StatusCode != 404 {
		t.Errorf("got %d, want 404", r.StatusCode)
	}
}

func TestATicketIsOverSoonAfterItsLastByte(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a.bin", content(3000))
	id := w.enrol("gw-1").ticket("a.bin").FileID
	body(t, w.get(id, ""))
	w.clock.Advance(afterLast)
	if r := w.get(id, ""); r.StatusCode != 404 {
		t.Errorf("got %d, want 404", r.StatusCode)
	}
}

func TestTicketsOfOneDeviceAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a.bin", content(10))
	c := w.enrol("gw-1")
	first := c.ticket("a.bin").FileID
	for range maxPerOwner {
		c.ticket("a.bin")
	}
	if r := w.get(first, ""); r.StatusCode != 404 {
		t.Errorf("got %d, want 404: the oldest goes first", r.StatusCode)
	}
}

// put asks for a ticket to upload with.
func (c *client) put(params string) string {
	c.Helper()
	return decode[wire.FileID](c, c.ok("file.put", params)).FileID
}

func TestAnUploadIsAnsweredWith200AndThenFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	id := c.put(`{"thingKey":"gw-1","fileName":"ota_install.log","public":false,"crc32":` + quoted(wire.CRC32([]byte("a log"))) + `,"global":false}`)
	if status, text := w.post("/file/"+id, "a log"); status != 200 {
		t.Fatalf("got %d %s, want 200", status, text)
	}
	ticket := decode[wire.FileTicket](t, c.ok("file.get", `{"fileName":"ota_install.log","global":false}`))
	if got := body(t, w.get(ticket.FileID, "")); string(got) != "a log" {
		t.Errorf("got %q", got)
	}
	if list := decode[wire.Result[wire.FileInfo]](t, c.ok("file.list", "")).Result; len(list) != 1 || list[0].Length != 5 || list[0].ThingKey != "gw-1" {
		t.Errorf("the list is %+v", list)
	}
	if got := decode[wire.FileInfo](t, c.ok("file.info", `{"fileName":"ota_install.log"}`)); len(got.SHA256) != 64 {
		t.Errorf("the info is %+v", got)
	}
}

func TestAThingDeletesAFileAndNoOlderOneComesToLight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a.log", []byte("of the organisation"))
	c, other := w.enrol("gw-1"), w.enrol("gw-2")
	for _, text := range []string{"old", "new"} {
		w.post("/file/"+c.put(`{"fileName":"a.log"}`), text)
	}
	w.post("/file/"+other.put(`{"fileName":"a.log"}`), "of another")
	c.fails(wire.CodeNotFound, "file.delete", `{"thingKey":"gw-2","fileName":"a.log"}`)
	c.fails(wire.CodeNotAuthorised, "file.delete", `{"fileName":"a.log","global":true}`)
	c.ok("file.delete", `{"fileName":"a.log"}`)
	c.fails(wire.CodeNotFound, "file.get", `{"fileName":"a.log"}`)
	c.fails(wire.CodeNotFound, "file.delete", `{"fileName":"a.log"}`)
	other.ok("file.get", `{"fileName":"a.log"}`)
	c.ticket("a.log")
}

func TestAUserDeletesFilesButNotThatOfARelease(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a.bin", content(10))
	w.release("1.0", 1)
	c, user := w.enrol("gw-1"), w.user()
	w.post("/file/"+c.put(`{"fileName":"a.log"}`), "x")
	ask := func(params string) *wire.Error {
		a, _ := w.api(`{"1":{"command":"file.delete","params":`+params+`}}`, user...).Answer("1")
		return a.Failure
	}
	for _, params := range []string{`{"fileName":"a.bin","global":true}`, `{"thingKey":"gw-1","fileName":"a.log"}`} {
		if f := ask(params); f != nil {
			t.Errorf("%s: %v", params, f)
		}
		if f := ask(params); f == nil || f.Code != wire.CodeNotFound {
			t.Errorf("again %s: %v, want not found", params, f)
		}
	}
	if f := ask(`{"fileName":"base.sup","global":true}`); f == nil || f.Code != wire.CodeConflict || !strings.Contains(f.Message, "is made of it") {
		t.Errorf("the file of a release: %v", f)
	}
	c.ticket("base.sup")
}

func TestAChunkedUploadIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.enrol("gw-1").put(`{"fileName":"a.log"}`)
	r, err := http.NewRequest(http.MethodPost, w.web.URL+"/file/"+id, struct{ io.Reader }{strings.NewReader("chunked")})
	w.must(err)
	if status, text := w.do(r); status != 200 {
		t.Errorf("got %d %s, want 200", status, text)
	}
}

func TestAnUploadWithAnotherChecksumIsRefusedAndNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	id := c.put(`{"fileName":"a.log","crc32":1}`)
	if status, text := w.post("/file/"+id, "a log"); status != http.StatusBadRequest || !strings.Contains(text, "crc32") {
		t.Errorf("got %d %s, want 400", status, text)
	}
	c.fails(wire.CodeNotFound, "file.get", `{"fileName":"a.log"}`)
}

func TestAnUploadTicketIsGoodForOneUpload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.enrol("gw-1").put(`{"fileName":"a.log"}`)
	if r := w.get(id, ""); r.StatusCode != 404 {
		t.Errorf("the ticket of an upload downloads: %d", r.StatusCode)
	}
	if status, _ := w.post("/file/"+id, "x"); status != 200 {
		t.Errorf("got %d, want 200", status)
	}
	if status, _ := w.post("/file/"+id, "y"); status != 404 {
		t.Errorf("got %d, want 404", status)
	}
}

func TestATicketOfADownloadDoesNotUpload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a.bin", content(10))
	id := w.enrol("gw-1").ticket("a.bin").FileID
	if status, _ := w.post("/file/"+id, "x"); status != 404 {
		t.Errorf("got %d, want 404", status)
	}
	if r := w.get(id, ""); r.StatusCode != 200 {
		t.Errorf("the attempt used the ticket up: %d", r.StatusCode)
	}
}

func TestABrokenUploadKeepsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	id := c.put(`{"fileName":"a.log"}`)
	r, err := http.NewRequest(http.MethodPost, w.web.URL+"/file/"+id, io.MultiReader(strings.NewReader("half"), brokenReader{}))
	w.must(err)
	if _, err := w.web.Client().Do(r); err == nil {
		t.Fatal("the upload did not break")
	}
	w.web.Close() // waits for the handler
	c.fails(wire.CodeNotFound, "file.get", `{"fileName":"a.log"}`)
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAThingUploadsOnlyIntoItsOwnFiles(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	c.fails(wire.CodeNotAuthorised, "file.put", `{"fileName":"base.sup","global":true}`)
	c.fails(wire.CodeNotAuthorised, "file.list", `{"global":true}`)
}

func TestAnUpdatedDeviceIsGivenTheFileOfItsRelease(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	first := w.release("1.0", 1)
	w.update(first, "gw-1")
	c.ok("property.publish", `{"key":"t","value":1}`)
	second := w.release("2.0", 2) // under the same file name
	if got := w.get(c.ticket("base.sup").FileID, "").Header.Get("ETag"); got != `"`+first.File.SHA256+`"` {
		t.Errorf("a device that updates to 1.0 is given %s", got)
	}
	other := w.enrol("gw-2")
	if got := w.get(other.ticket("base.sup").FileID, "").Header.Get("ETag"); got != `"`+second.File.SHA256+`"` {
		t.Errorf("another device is given %s, want the newest", got)
	}
	w.expectState("gw-1", fleet.Sent)
}
