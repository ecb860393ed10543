package client

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Change says what was changed; a zero id was not touched.
type Change struct {
	Device    int64 `json:"device,omitempty"`
	Update    int64 `json:"update,omitempty"`
	Execution int64 `json:"execution,omitempty"`
}

// Events is an open stream of changes. Close ends it.
type Events struct {
	body io.ReadCloser
	scan *bufio.Scanner
}

// Events opens the stream of changes. It is open when the function returns:
// a change committed after that is in it.
func (c *Client) Events(ctx context.Context) (*Events, error) {
	res, err := c.open(ctx, request{method: http.MethodGet, path: "/events", header: http.Header{"Accept": {"text/event-stream"}}})
	if err != nil {
		return nil, err
	}
	e := &Events{body: res.Body, scan: bufio.NewScanner(res.Body)} // a line has at most 64 KiB
	if !e.scan.Scan() {
		res.Body.Close()
		return nil, fmt.Errorf("cannot listen to events: %w", ended(e.scan.Err()))
	}
	return e, nil
}

// Next waits for the next change. It ends with io.EOF when the server closes
// the stream.
func (e *Events) Next() (Change, error) {
	var c Change
	for e.scan.Scan() {
		if data, ok := strings.CutPrefix(e.scan.Text(), "data:"); ok {
			err := json.Unmarshal([]byte(data), &c)
			return c, err
		}
	}
	return c, ended(e.scan.Err())
}

// Close ends the stream.
func (e *Events) Close() error { return e.body.Close() }

func ended(err error) error {
	if err == nil {
		return io.EOF
	}
	return err
}
