package mqtt

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"
)

// rawClient writes and reads bytes as they are on the wire.
type rawClient struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func dialRaw(t testing.TB, addr string) *rawClient {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return newRaw(t, conn)
}

func newRaw(t testing.TB, conn net.Conn) *rawClient {
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &rawClient{t: t, Conn: conn, r: bufio.NewReader(conn)}
}

func (c *rawClient) send(packets ...[]byte) {
	c.t.Helper()
	for _, p := range packets {
		if _, err := c.Write(p); err != nil {
			c.t.Fatal(err)
		}
	}
}

// next reads one packet, its fixed header included.
func (c *rawClient) next() []byte {
	c.t.Helper()
	p, err := readRaw(c.r)
	if err != nil {
		c.t.Fatalf("cannot read a packet: %v", err)
	}
	return p
}

func readRaw(r *bufio.Reader) ([]byte, error) {
	first, err := r.ReadByte()
	if err != nil {
		return nil, err
	}
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return nil, err
	}
	p := appendLength([]byte{first}, int(n))
	head := len(p)
	p = append(p, make([]byte, n)...)
	_, err = io.ReadFull(r, p[head:])
	return p, err
}

func (c *rawClient) expect(want []byte) {
	c.t.Helper()
	if got := c.next(); string(got) != string(want) {
		c.t.Fatalf("got packet % x (%q), want % x", got, got, want)
	}
}

// expectEnd checks that the server closes without another packet.
func (c *rawClient) expectEnd() {
	c.t.Helper()
	b, err := c.r.ReadByte()
	if err == nil {
		c.t.Fatalf("got a packet of type %d, want the end of the connection", b>>4)
	}
	if e, ok := err.(net.Error); ok && e.Timeout() {
		c.t.Fatal("the server did not close the connection")
	}
}

// connect sends CONNECT and expects CONNACK 0.
func (c *rawClient) connect(p connectPacket) *rawClient {
	c.t.Helper()
	c.send(p.encode())
	c.expect([]byte{0x20, 2, 0, 0})
	return c
}

type connectPacket struct {
	name      string // "" means MQTT
	level     byte   // 0 means 4
	flags     byte   // added to those of user and password
	keepAlive uint16
	id        string
	user      string
	password  string
}

func (p connectPacket) encode() []byte {
	if p.name == "" {
		p.name = "MQTT"
	}
	if p.level == 0 {
		p.level = level311
	}
	flags := p.flags
	if p.user != "" {
		flags |= flagUsername
	}
	if p.password != "" {
		flags |= flagPassword
	}
	b := appendText(nil, p.name)
	b = append(b, p.level, flags)
	b = binary.BigEndian.AppendUint16(b, p.keepAlive)
	b = appendText(b, p.id)
	if p.user != "" {
		b = appendText(b, p.user)
	}
	if p.password != "" {
		b = appendText(b, p.password)
	}
	return frame(typeConnect<<4, b)
}

func appendText(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(s)))
	return append(b, s...)
}

func frame(first byte, body []byte) []byte {
	return append(appendLength([]byte{first}, len(body)), body...)
}

func publishPacket(topic, payload string, id uint16) []byte {
	b := appendText(nil, topic)
	first := byte(typePublish << 4)
	if id != 0 {
		first |= 0x02
		b = binary.BigEndian.AppendUint16(b, id)
	}
	return frame(first, append(b, payload...))
}

func subscribePacket(id uint16, filters ...string) []byte {
	b := binary.BigEndian.AppendUint16(nil, id)
	for _, f := range filters {
		b = append(appendText(b, f), 2)
	}
	return frame(typeSubscribe<<4|2, b)
}

var (
	pingPacket       = []byte{typePingreq << 4, 0}
	pongPacket       = []byte{typePingresp << 4, 0}
	disconnectPacket = []byte{typeDisconnect << 4, 0}
)

func puback(id uint16) []byte { return appendPuback(nil, id) }
