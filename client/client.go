package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Client talks to one server. It is safe for use by many goroutines.
type Client struct {
	// HTTP makes the requests, by default http.DefaultClient. Its Timeout
	// should be zero: transfers and the event stream last.
	HTTP *http.Client

	base  string
	token string
}

// maxAnswer bounds an answer in bytes that is held in memory.
const maxAnswer = 64 << 20

// New returns a client of the server at baseURL (http://127.0.0.1:8080). The
// token may be empty until SignIn gives one.
func New(baseURL, token string) (*Client, error) {
	u, err := url.Parse(baseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("cannot use %q as server: give a URL like http://127.0.0.1:8080", baseURL)
	}
	return &Client{HTTP: http.DefaultClient, base: strings.TrimSuffix(u.String(), "/") + "/api/v1", token: token}, nil
}

// request is one call.
type request struct {
	method, path string
	query        url.Values
	header       http.Header
	body         io.Reader
	size         int64 // of body, where it is known
}

// open sends the request; the caller closes the body of an answer below 300.
func (c *Client) open(ctx context.Context, r request) (*http.Response, error) {
	target := c.base + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, r.body)
	if err != nil {
		return nil, err
	}
	if r.size > 0 {
		req.ContentLength = r.size
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		defer res.Body.Close()
		return nil, errorOf(res)
	}
	return res, nil
}

// do sends the request and reads the answer into out, which may be nil.
func (c *Client) do(ctx context.Context, r request, out any) error {
	res, err := c.open(ctx, r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxAnswer)).Decode(out); err != nil {
		return fmt.Errorf("cannot read the server's answer to %s %s: %w", r.method, r.path, err)
	}
	return nil
}

func (c *Client) get(ctx context.Context, path string, query url.Values, out any) error {
	return c.do(ctx, request{method: http.MethodGet, path: path, query: query}, out)
}

func (c *Client) post(ctx context.Context, path string, in, out any) error {
	return c.send(ctx, http.MethodPost, path, in, out)
}

// send sends in as JSON; nil sends no body.
func (c *Client) send(ctx context.Context, method, path string, in, out any) error {
	r := request{method: method, path: path}
	if err := r.json(in); err != nil {
		return err
	}
	return c.do(ctx, r, out)
}

func (r *request) json(in any) error {
	if in == nil {
		return nil
	}
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r.body = bytes.NewReader(text)
	if r.header == nil {
		r.header = http.Header{}
	}
	r.header.Set("Content-Type", "application/json")
	return nil
}
