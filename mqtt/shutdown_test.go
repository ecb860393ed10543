package mqtt

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"
)

func TestShutdownLetsAMessageBeAcknowledged(t *testing.T) {
	h := newTestHandler()
	inside, commit := make(chan struct{}), make(chan struct{})
	h.message = func(context.Context, *Conn, string, []byte) error {
		close(inside)
		<-commit
		return nil
	}
	s, addr := startServer(t, h, Limits{})
	idle := dialRaw(t, addr).connect(connectPacket{id: "idle"})
	busy := dialRaw(t, addr).connect(connectPacket{id: "busy"})
	silent := dialRaw(t, addr) // before CONNECT
	busy.send(publishPacket("api/1", "x", 9))
	<-inside
	done := make(chan error, 1)
	go func() { done <- s.Shutdown(context.Background()) }()
	idle.expectEnd()
	silent.expectEnd()
	close(commit)
	busy.expect(puback(9))
	busy.expectEnd()
	if err := <-done; err != nil {
		t.Error(err)
	}
	h.expectClosed(t, ErrShutdown)
	h.expectClosed(t, ErrShutdown)
	if n := s.Connections(); n != 0 {
		t.Errorf("Connections() = %d after Shutdown", n)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(l); !errors.Is(err, ErrServerClosed) {
		t.Errorf("Serve after Shutdown gives %v", err)
	}
}

func TestShutdownCancelsHandlersWhenItsTimeIsUp(t *testing.T) {
	h := newTestHandler()
	inside := make(chan struct{})
	h.message = func(ctx context.Context, _ *Conn, _ string, _ []byte) error {
		close(inside)
		<-ctx.Done()
		return ctx.Err()
	}
	s, addr := startServer(t, h, Limits{})
	c := dialRaw(t, addr).connect(connectPacket{id: "x"})
	c.send(publishPacket("api/1", "x", 9))
	<-inside
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	c.expectEnd()
	h.expectClosed(t, ErrShutdown)
}

func TestTheContextOfAMessageEndsWithItsConnection(t *testing.T) {
	h := newTestHandler()
	inside := make(chan struct{})
	h.message = func(ctx context.Context, _ *Conn, _ string, _ []byte) error {
		close(inside)
		<-ctx.Done()
		return ctx.Err()
	}
	_, addr := startServer(t, h, Limits{})
	old := dialRaw(t, addr).connect(connectPacket{id: "x"})
	old.send(publishPacket("api/1", "x", 9))
	<-inside
	dialRaw(t, addr).connect(connectPacket{id: "x"})
	old.expectEnd()
	h.expectClosed(t, ErrTakenOver)
}
