package mqtt

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// BenchmarkRoundTrips counts requests that got reply and PUBACK: 1,000 clients at
// QoS 1, each with one request under way, load and server on the same cores.
func BenchmarkRoundTrips(b *testing.B) {
	const clients = 1000
	_, addr := startServer(b, newTestHandler(), Limits{})
	conns := make([]*rawClient, clients)
	for i := range conns {
		conns[i] = dialRaw(b, addr).connect(connectPacket{id: fmt.Sprint(i)})
		_ = conns[i].SetDeadline(time.Time{})
	}
	request := publishPacket("api/0001", `{"1":{"command":"mailbox.check","params":{"autoComplete":false}}}`, 1)
	b.ResetTimer()
	var all sync.WaitGroup
	for i, c := range conns {
		n := b.N / clients
		if i < b.N%clients {
			n++
		}
		all.Go(func() { roundTrips(b, c, request, n) })
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "roundtrips/s")
}

func roundTrips(b *testing.B, c *rawClient, request []byte, n int) {
	// The reply has a topic two bytes longer and no packet id; PUBACK has four.
	answer := make([]byte, len(request)+2-2+4)
	for range n {
		if _, err := c.Write(request); err != nil {
			b.Error(err)
			return
		}
		for got := 0; got < len(answer); {
			k, err := c.r.Read(answer[got:])
			if err != nil {
				b.Error(err)
				return
			}
			got += k
		}
	}
}

// BenchmarkIdleConnection prints what one idle connection costs, heap and stacks,
// after it has exchanged a message. The client's end is a bare socket in the same
// process (about 0.5 kB of it).
func BenchmarkIdleConnection(b *testing.B) {
	cert, pool := selfSigned()
	config := &tls.Config{Certificates: []tls.Certificate{cert}, RootCAs: pool}
	b.Run("plain", func(b *testing.B) {
		idle(b, func(l net.Listener) net.Listener { return l }, func(c net.Conn) net.Conn { return c })
	})
	b.Run("TLS", func(b *testing.B) {
		idle(b, func(l net.Listener) net.Listener { return tls.NewListener(l, config) },
			func(c net.Conn) net.Conn {
				return tls.Client(c, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"})
			})
	})
	b.Run("WebSocket", idleWebSocket)
}

const idleConnections = 5000

func idle(b *testing.B, listen func(net.Listener) net.Listener, client func(net.Conn) net.Conn) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	h := newTestHandler()
	h.connect = func(c *Conn, _ Connect) Code { c.SetValue(new([64]byte)); return Accepted }
	s := &Server{Handler: h, Now: time.Now}
	serveOn(b, s, listen(tcp))
	before := memory()
	conns := make([]net.Conn, 0, idleConnections)
	for i := range idleConnections {
		raw, err := net.Dial("tcp", tcp.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		exchange(b, client(raw), i)
		// The descriptor stays open; a TLS client's state is left to the collector.
		conns = append(conns, raw)
	}
	report(b, s, before, conns)
}

func idleWebSocket(b *testing.B) {
	h := newTestHandler()
	h.connect = func(c *Conn, _ Connect) Code { c.SetValue(new([64]byte)); return Accepted }
	s := &Server{Handler: h, Now: time.Now}
	web := httptest.NewServer(s.WebSocket())
	defer web.Close()
	before := memory()
	conns := make([]net.Conn, 0, idleConnections)
	for i := range idleConnections {
		raw, err := net.Dial("tcp", web.Listener.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		// What the client library holds is left to the collector, the socket stays.
		client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return keptOpen{raw}, nil
		}}}
		ws, _, err := websocket.Dial(b.Context(), "ws://"+web.Listener.Addr().String(),
			&websocket.DialOptions{Subprotocols: []string{"mqtt"}, HTTPClient: client})
		if err != nil {
			b.Fatal(err)
		}
		stream := &frames{ctx: b.Context(), ws: ws}
		exchange(b, stream, i)
		conns = append(conns, raw)
	}
	report(b, s, before, conns)
	if err := s.Shutdown(context.Background()); err != nil {
		b.Error(err)
	}
}

// keptOpen is a socket that outlives the library that uses it.
type keptOpen struct{ net.Conn }

func (keptOpen) Close() error { return nil }

// frames is a WebSocket as a stream, without the timers of websocket.NetConn.
type frames struct {
	net.Conn
	ctx  context.Context
	ws   *websocket.Conn
	rest []byte
}

func (f *frames) Write(p []byte) (int, error) {
	return len(p), f.ws.Write(f.ctx, websocket.MessageBinary, p)
}

func (f *frames) Read(p []byte) (int, error) {
	for len(f.rest) == 0 {
		var err error
		if _, f.rest, err = f.ws.Read(f.ctx); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

func exchange(b *testing.B, conn net.Conn, i int) {
	b.Helper()
	c := &rawClient{t: b, Conn: conn, r: bufio.NewReaderSize(conn, 64)}
	c.connect(connectPacket{id: fmt.Sprint(i), user: "thing"})
	c.send(publishPacket("api/1", `{"1":{"command":"mailbox.check"}}`, 1))
	c.next()
	c.expect(puback(1))
}

func report(b *testing.B, s *Server, before uint64, conns []net.Conn) {
	after := memory()
	if n := s.Connections(); n != len(conns) {
		b.Fatalf("%d of %d connections are open", n, len(conns))
	}
	b.ReportMetric(float64(after-before)/float64(len(conns)), "B/connection")
	b.ReportMetric(0, "ns/op")
	for _, c := range conns {
		_ = c.Close()
	}
}

// memory is heap and stacks in use once what is idle was collected and stacks
// have shrunk; each collection halves a stack at most.
func memory() uint64 {
	var m runtime.MemStats
	for range 6 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
