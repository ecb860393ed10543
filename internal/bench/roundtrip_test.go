package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"github.com/sluicehq/sluice/internal/clock"
	"github.com/sluicehq/sluice/mqtt"
)

// roundTrips measures the MQTT endpoint without anything behind it.
func (t *table) roundTrips(b *testing.B) {
	address := serveBare(b)
	clients := make([]*client, connections)
	for i := range clients {
		var err error
		if clients[i], err = dial(address, fmt.Sprint(i), ""); err != nil {
			b.Fatal(err)
		}
	}
	ours := load(b, clients)
	hangUp(clients)
	t.bare = ours.perSecond

	echo := echo(b)
	for i := range clients {
		conn, err := net.Dial("tcp", echo)
		if err != nil {
			b.Fatal(err)
		}
		clients[i] = &client{Conn: conn}
	}
	raw := load(b, clients)
	hangUp(clients)
	t.add(b, row{what: "MQTT round trips, 1,000 connections", got: ours.perSecond, unit: "per second", cost: ours.cost,
		peers: []peer{{"the same bytes through a TCP echo", raw.perSecond}}})

	t.add(b, row{what: "MQTT round trip of paho, median", got: micros(pahoTrip(b, address)), unit: "µs",
		peers: []peer{{"the same bytes through a TCP echo", micros(echoTrip(b, echo))}}})
}

// serveBare runs the endpoint with an application that only replies.
func serveBare(b *testing.B) (address string) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &mqtt.Server{Handler: replier{}, Now: clock.System}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	b.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			b.Error(err)
		}
		if err := <-ended; !errors.Is(err, mqtt.ErrServerClosed) {
			b.Error(err)
		}
	})
	return l.Addr().String()
}

// replier replies to every message with a success.
type replier struct{}

func (replier) Connect(context.Context, *mqtt.Conn, mqtt.Connect) mqtt.Code { return mqtt.Accepted }
func (replier) Ready(context.Context, *mqtt.Conn)                           {}
func (replier) Closed(*mqtt.Conn, error)                                    {}
func (replier) Message(_ context.Context, c *mqtt.Conn, topic string, _ []byte) error {
	return c.Reply("reply"+strings.TrimPrefix(topic, "api"), []byte(reply))
}

// echo answers as many bytes as a request has with those of its answer.
func echo(b *testing.B) (address string) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go answer(conn)
		}
	}()
	return l.Addr().String()
}

func answer(conn net.Conn) {
	defer conn.Close()
	var c client
	c.prepare()
	for {
		n, err := conn.Read(c.request)
		for m := 0; err == nil && n < len(c.request); n += m {
			m, err = conn.Read(c.request[n:])
		}
		if err == nil {
			_, err = conn.Write(c.answer)
		}
		if err != nil {
			return
		}
	}
}

const trips = 2000

// pahoTrip is from a publication at QoS 1 to its reply, with the public client.
func pahoTrip(b *testing.B, address string) time.Duration {
	b.Helper()
	replies := make(chan paho.Message, 1)
	c := paho.NewClient(paho.NewClientOptions().AddBroker("tcp://" + address).SetClientID("bench").
		SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) { replies <- m }))
	if t := c.Connect(); t.Wait() && t.Error() != nil {
		b.Fatal(t.Error())
	}
	defer c.Disconnect(0)
	return middle(func() {
		c.Publish("api/"+suffix, 1, false, request)
		<-replies
	})
}

func echoTrip(b *testing.B, address string) time.Duration {
	b.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	c := &client{Conn: conn}
	c.prepare()
	return middle(func() {
		if err := errors.Join(c.send(), c.await()); err != nil {
			b.Fatal(err)
		}
	})
}

// middle is the median time of many calls.
func middle(do func()) time.Duration {
	took := make([]time.Duration, trips)
	for i := range took {
		start := time.Now()
		do()
		took[i] = time.Since(start)
	}
	return median(took)
}
