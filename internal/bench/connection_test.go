package bench

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
)

const idle = 5000

// connections holds idle devices on the whole server. The client's end is a
// bare socket in the same process, about 0.5 kB of what is printed.
func (t *table) connections(b *testing.B) {
	w := serve(b, "sqlite::memory:")
	before := memory()
	conns := make([]net.Conn, idle)
	parallel(idle, func(i int) {
		c, err := w.device(fmt.Sprintf("gw-%05d", i))
		if err == nil {
			c.prepare()
			err = errors.Join(c.send(), c.await())
		}
		if err != nil {
			b.Error(err)
			return
		}
		conns[i] = c.Conn // what else the client holds is left to the collector
	})
	if b.Failed() {
		b.FailNow()
	}
	ours := each(before)
	for _, c := range conns {
		_ = c.Close()
	}
	t.add(b, row{what: "idle MQTT connection, 5,000 held", got: ours, unit: "KiB", aim: 10, most: true,
		peers: []peer{{"idle keep-alive connection of net/http", idleHTTP(b)}}})
}

// idleHTTP is what a connection of net/http costs that had one request.
func idleHTTP(b *testing.B) float64 {
	b.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	before := memory()
	conns := make([]net.Conn, idle)
	for i := range conns {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err == nil {
			_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
		}
		if err == nil {
			_, err = http.ReadResponse(bufio.NewReader(conn), nil)
		}
		if err != nil {
			b.Fatal(err)
		}
		conns[i] = conn
	}
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	return each(before)
}

// each is the memory of one of the idle connections since before, in KiB.
func each(before uint64) float64 { return float64(memory()-before) / idle / 1024 }

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
