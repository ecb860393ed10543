package mqtt

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"time"
)

// writes is a listener whose connections tell what is written to them at once.
type writes struct {
	net.Listener
	seen chan []byte
}

func (l writes) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return writing{conn, l.seen}, err
}

type writing struct {
	net.Conn
	seen chan []byte
}

func (c writing) Write(p []byte) (int, error) {
	c.seen <- slices.Clone(p)
	return c.Conn.Write(p)
}

func TestAReplyLeavesTogetherWithItsPuback(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := newTestHandler()
	h.message = func(_ context.Context, c *Conn, _ string, payload []byte) error { return c.Reply("reply/1", payload) }
	seen := make(chan []byte, 10)
	serveOn(t, &Server{Handler: h, Now: time.Now}, writes{tcp, seen})
	c := dialRaw(t, tcp.Addr().String()).connect(connectPacket{id: "x"})
	<-seen // CONNACK
	c.send(publishPacket("api/1", "{}", 7))
	c.expect(publishPacket("reply/1", "{}", 0))
	c.expect(puback(7))
	if got, want := <-seen, slices.Concat(publishPacket("reply/1", "{}", 0), puback(7)); !slices.Equal(got, want) {
		t.Errorf("one write has % x, want % x", got, want)
	}
	c.send(publishPacket("api/1", "{}", 0)) // at QoS 0 nothing else would take it along
	c.expect(publishPacket("reply/1", "{}", 0))
}

func TestAReplyLeavesBeforeTheEndThatItsMessageCauses(t *testing.T) {
	h := newTestHandler()
	refused := errors.New("cannot store it")
	h.message = func(_ context.Context, c *Conn, _ string, payload []byte) error {
		return errors.Join(c.Reply("reply/1", payload), refused)
	}
	_, addr := startServer(t, h, Limits{})
	c := dialRaw(t, addr).connect(connectPacket{id: "x"})
	c.send(publishPacket("api/1", "{}", 7))
	c.expect(publishPacket("reply/1", "{}", 0))
	c.expectEnd()
}
