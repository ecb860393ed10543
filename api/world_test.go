package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/internal/apitest"
)

// caller sends raw requests: what a foreign client would.
type caller struct {
	*apitest.Server
	t *testing.T
}

func newCaller(t *testing.T) caller {
	t.Helper()
	t.Parallel()
	return caller{apitest.New(t), t}
}

// answer is what came back.
type answer struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   []byte
}

// send makes a request; header is name and value in turn.
func (c caller) send(method, path string, body any, header ...string) answer {
	c.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		r = bytes.NewReader(b)
	case string:
		r = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		r = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.URL+"/api/v1"+path, r)
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{c.t, method + " " + path, res.StatusCode, res.Header, text}
}

// do sends as admin.
func (c caller) do(method, path string, body any, header ...string) answer {
	c.t.Helper()
	return c.send(method, path, body, append(header, "Authorization", "Bearer "+c.Token)...)
}

// into reads a good answer.
func (a answer) into(status int, v any) {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: got %d, want %d: %s", a.what, a.status, status, a.body)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		a.t.Fatalf("%s: %v in %s", a.what, err, a.body)
	}
}

// problem checks that the answer is the problem; detail is a part of it.
func (a answer) problem(status int, code, detail string) {
	a.t.Helper()
	var p struct {
		Title, Code, Detail string
		Status              int
	}
	if err := json.Unmarshal(a.body, &p); err != nil {
		a.t.Fatalf("%s: got %d, %v in %q", a.what, a.status, err, a.body)
	}
	if a.status != status || p.Status != status || p.Code != code || !strings.Contains(p.Detail, detail) || p.Title != http.StatusText(status) {
		a.t.Errorf("%s: got %d %s, want %d %s %q", a.what, a.status, a.body, status, code, detail)
	}
	if ct := a.header.Get("Content-Type"); ct != "application/problem+json" {
		a.t.Errorf("%s: content type is %q", a.what, ct)
	}
}

// object is any JSON object.
type object map[string]any

// items are those of a list.
type items struct {
	Items []object
	Next  int64
}
