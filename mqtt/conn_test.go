package mqtt

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestTwoUsersWithOneClientIDBothStayOn(t *testing.T) {
	h := newTestHandler()
	s, addr := startServer(t, h, Limits{})
	a := dialRaw(t, addr).connect(connectPacket{id: "app", user: "a"})
	b := dialRaw(t, addr).connect(connectPacket{id: "app", user: "b"})
	for _, c := range []*rawClient{a, b} {
		c.send(pingPacket)
		c.expect(pongPacket)
	}
	if n := s.Connections(); n != 2 {
		t.Errorf("Connections() = %d, want 2", n)
	}
}

func TestTheSamePairTakesItsSessionOver(t *testing.T) {
	h := newTestHandler()
	s, addr := startServer(t, h, Limits{})
	old := dialRaw(t, addr).connect(connectPacket{id: "app", user: "a"})
	again := dialRaw(t, addr).connect(connectPacket{id: "app", user: "a"})
	old.expectEnd()
	h.expectClosed(t, ErrTakenOver)
	again.send(pingPacket)
	again.expect(pongPacket)
	if n := s.Connections(); n != 1 {
		t.Errorf("Connections() = %d, want 1", n)
	}
}

func TestARefusedClientTakesNothingOver(t *testing.T) {
	h := newTestHandler()
	h.connect = func(_ *Conn, in Connect) Code {
		if string(in.Password) != "right" {
			return BadLogin
		}
		return Accepted
	}
	_, addr := startServer(t, h, Limits{})
	owner := dialRaw(t, addr).connect(connectPacket{id: "app", user: "a", password: "right"})
	thief := dialRaw(t, addr)
	thief.send(connectPacket{id: "app", user: "a", password: "wrong"}.encode())
	thief.expect([]byte{0x20, 2, 0, 4})
	owner.send(pingPacket)
	owner.expect(pongPacket)
}

func TestPublishIsRefusedBeforeAcceptedAndAfterTheEnd(t *testing.T) {
	h := newTestHandler()
	h.connect = func(c *Conn, _ Connect) Code {
		if err := c.Publish("notify/x", nil); !errors.Is(err, ErrNotConnected) {
			t.Errorf("before Accepted: got %v", err)
		}
		c.SetValue("kept")
		return Accepted
	}
	_, addr := startServer(t, h, Limits{})
	c := dialRaw(t, addr).connect(connectPacket{id: "x"})
	conn := <-h.ready
	if conn.Value() != "kept" {
		t.Errorf("Value() = %v", conn.Value())
	}
	reason := errors.New("the device was rejected")
	if err := conn.Publish("notify/bye", nil); err != nil {
		t.Error(err)
	}
	conn.Close(reason)
	conn.Close(errors.New("a second reason"))
	if err := conn.Publish("notify/x", nil); !errors.Is(err, ErrNotConnected) {
		t.Errorf("after Close: got %v", err)
	}
	c.expect(publishPacket("notify/bye", "", 0))
	c.expectEnd()
	h.expectClosed(t, reason)
}

func TestAMessageBlocksItsOwnConnectionOnly(t *testing.T) {
	const clients = 1000
	h := newTestHandler()
	var inside sync.WaitGroup
	inside.Add(clients)
	committed := make(chan struct{})
	h.message = func(context.Context, *Conn, string, []byte) error {
		inside.Done()
		<-committed
		return nil
	}
	_, addr := startServer(t, h, Limits{})
	all := make([]*rawClient, clients)
	for i := range all {
		all[i] = dialRaw(t, addr).connect(connectPacket{id: fmt.Sprint(i)})
		all[i].send(publishPacket("api/1", "x", 1))
	}
	inside.Wait() // all of them wait for one commit
	close(committed)
	for _, c := range all {
		c.expect(puback(1))
	}
}

func TestAClientThatDoesNotReadIsClosedAndOthersGoOn(t *testing.T) {
	h := newTestHandler()
	_, addr := startServer(t, h, Limits{QueueBytes: 64 << 10})
	slow := dialRaw(t, addr).connect(connectPacket{id: "slow"})
	conn := <-h.ready
	other := dialRaw(t, addr).connect(connectPacket{id: "other"})
	payload := make([]byte, 16<<10)
	var err error
	for range 10_000 { // more than the socket buffers hold
		if err = conn.Publish("notify/x", payload); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrQueueFull) {
		t.Errorf("Publish gives %v, want ErrQueueFull", err)
	}
	h.expectClosed(t, ErrQueueFull)
	other.send(pingPacket)
	other.expect(pongPacket)
	slow.Close()
}

func TestAWriteThatHangsTimesOut(t *testing.T) {
	h := newTestHandler()
	_, addr := startServer(t, h, Limits{QueueBytes: 64 << 20, WriteTimeout: 50 * time.Millisecond})
	dialRaw(t, addr).connect(connectPacket{id: "slow"})
	conn := <-h.ready
	if err := conn.Publish("notify/x", make([]byte, 32<<20)); err != nil {
		t.Fatal(err)
	}
	h.expectClosed(t, ErrSlow)
}

func TestAFloodOfPingsWithoutReadingEnds(t *testing.T) {
	h := newTestHandler()
	_, addr := startServer(t, h, Limits{QueueBytes: 1024, WriteTimeout: 100 * time.Millisecond})
	c := dialRaw(t, addr).connect(connectPacket{id: "x"})
	var flood []byte
	for range 32 << 10 {
		flood = append(flood, pingPacket...)
	}
	for {
		if _, err := c.Write(flood); err != nil {
			break
		}
	}
	select {
	case err := <-h.closed:
		if !errors.Is(err, ErrQueueFull) && !errors.Is(err, ErrSlow) && !errors.Is(err, ErrLost) {
			t.Errorf("got %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the connection did not end")
	}
}

func TestTooManyConnectionsAreTurnedAway(t *testing.T) {
	h := newTestHandler()
	_, addr := startServer(t, h, Limits{Connections: 2})
	first := dialRaw(t, addr).connect(connectPacket{id: "1"})
	dialRaw(t, addr).connect(connectPacket{id: "2"})
	dialRaw(t, addr).expectEnd()
	first.send(disconnectPacket)
	first.expectEnd()
	h.expectClosed(t, ErrDisconnected)
	// The place is free once the connection was dismissed, just after Closed.
	for range 1000 {
		c := dialRaw(t, addr)
		_, _ = c.Write(connectPacket{id: "3"}.encode())
		if p, err := readRaw(c.r); err == nil && p[3] == 0 {
			return
		}
	}
	t.Error("the place of a closed connection is not free")
}

func TestMessagesAreSlowedToTheRateLimit(t *testing.T) {
	_, addr := startServer(t, newTestHandler(), Limits{MessagesPerSecond: 20, MessageBurst: 1})
	c := dialRaw(t, addr).connect(connectPacket{id: "x"})
	start := time.Now()
	for range 5 {
		c.send(publishPacket("api", "x", 0))
	}
	for range 5 {
		c.expect(publishPacket("reply", "x", 0))
	}
	if took := time.Since(start); took < 190*time.Millisecond {
		t.Errorf("5 messages at 20/s took %v, want 200 ms", took)
	}
}
