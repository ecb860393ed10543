package mqtt

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testHandler accepts everybody and echoes api/x as reply/x, unless a field says otherwise.
type testHandler struct {
	connect func(c *Conn, in Connect) Code
	message func(ctx context.Context, c *Conn, topic string, payload []byte) error
	ready   chan *Conn
	closed  chan error
}

func newTestHandler() *testHandler {
	return &testHandler{ready: make(chan *Conn, 10000), closed: make(chan error, 10000)}
}

func (h *testHandler) Connect(_ context.Context, c *Conn, in Connect) Code {
	if h.connect != nil {
		return h.connect(c, in)
	}
	return Accepted
}

func (h *testHandler) Ready(_ context.Context, c *Conn) { h.ready <- c }

func (h *testHandler) Message(ctx context.Context, c *Conn, topic string, payload []byte) error {
	if h.message != nil {
		return h.message(ctx, c, topic, payload)
	}
	return c.Publish("reply"+strings.TrimPrefix(topic, "api"), payload)
}

func (h *testHandler) Closed(_ *Conn, reason error) { h.closed <- reason }

func (h *testHandler) expectClosed(t testing.TB, want error) {
	t.Helper()
	select {
	case got := <-h.closed:
		if !errors.Is(got, want) {
			t.Fatalf("the connection ended with %v, want %v", got, want)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the connection did not end")
	}
}

// startServer serves on a plain listener of its own until the test ends.
func startServer(t testing.TB, h *testHandler, limits Limits) (*Server, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Handler: h, Limits: limits, Now: time.Now}
	serveOn(t, s, l)
	return s, l.Addr().String()
}

func serveOn(t testing.TB, s *Server, l net.Listener) {
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-done; !errors.Is(err, ErrServerClosed) {
			t.Errorf("Serve ended with %v", err)
		}
	})
}

func TestAClientGetsItsReplyAndPubackWithoutSubscribing(t *testing.T) {
	h := newTestHandler()
	s, addr := startServer(t, h, Limits{})
	c := dialRaw(t, addr).connect(connectPacket{id: "app", user: "thing", password: "token", keepAlive: 60})
	<-h.ready
	if n := s.Connections(); n != 1 {
		t.Errorf("Connections() = %d, want 1", n)
	}
	c.send(publishPacket("api/0001", `{"1":{}}`, 7))
	c.expect(publishPacket("reply/0001", `{"1":{}}`, 0))
	c.expect(puback(7))
	c.send(publishPacket("api", "x", 0))
	c.expect(publishPacket("reply", "x", 0))
	c.send(pingPacket)
	c.expect(pongPacket)
	c.send(disconnectPacket)
	c.expectEnd()
	h.expectClosed(t, ErrDisconnected)
}
