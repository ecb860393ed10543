package sim

import (
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
)

// cutter is a network that breaks the first body after so many bytes.
type cutter struct {
	base  http.RoundTripper
	after int64
	done  atomic.Bool
}

// RoundTrip implements http.RoundTripper.
func (c *cutter) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.base.RoundTrip(r)
	if err != nil || c.done.Swap(true) {
		return resp, err
	}
	resp.Body = &cutBody{ReadCloser: resp.Body, left: c.after}
	return resp, nil
}

// CloseIdleConnections closes those of the network below.
func (c *cutter) CloseIdleConnections() {
	if base, ok := c.base.(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}

type cutBody struct {
	io.ReadCloser
	left int64
}

func (b *cutBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("the simulated network broke: %w", io.ErrUnexpectedEOF)
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
