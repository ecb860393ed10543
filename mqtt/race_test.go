package mqtt

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestEveryAcceptedConnectionIsReadyAndClosedOnce(t *testing.T) {
	const rivals, rounds = 8, 20
	h := newTestHandler()
	s, addr := startServer(t, h, Limits{})
	publishing, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	var conns []*Conn
	for range rivals {
		all.Go(func() {
			for range rounds { // each takes over from another one
				c := dialRaw(t, addr)
				_, _ = c.Write(connectPacket{id: "app", user: "a"}.encode())
				_, _ = readRaw(c.r)
			}
		})
	}
	var publisher sync.WaitGroup
	publisher.Go(func() {
		for publishing.Err() == nil {
			select {
			case c := <-h.ready:
				conns = append(conns, c)
			default:
			}
			for _, c := range conns {
				_ = c.Publish("notify/x", []byte("y"))
			}
		}
	})
	all.Wait()
	stop()
	publisher.Wait()
	if err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	ready, closed := len(conns)+len(h.ready), len(h.closed)
	if ready != rivals*rounds || closed != ready {
		t.Errorf("%d were ready and %d closed, want %d", ready, closed, rivals*rounds)
	}
	if n := s.Connections(); n != 0 {
		t.Errorf("Connections() = %d after Shutdown", n)
	}
}

func TestNoConnectionSeesTheBytesOfAnother(t *testing.T) {
	_, addr := startServer(t, newTestHandler(), Limits{})
	var all sync.WaitGroup
	for i := range 16 {
		c := dialRaw(t, addr).connect(connectPacket{id: fmt.Sprint(i)})
		all.Go(func() {
			for n := 1; n < 20_000; n += 977 {
				payload := strings.Repeat(string(rune('a'+i)), n)
				if _, err := c.Write(publishPacket("api/1", payload, 1)); err != nil {
					t.Error(err)
					return
				}
				reply, err := readRaw(c.r)
				if err != nil || string(reply) != string(publishPacket("reply/1", payload, 0)) {
					t.Errorf("connection %d got %d other bytes, %v", i, len(reply), err)
					return
				}
				if _, err := readRaw(c.r); err != nil { // PUBACK
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
