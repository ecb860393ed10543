package tr50

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/internal/clock"
)

// hello is what a client says in CONNECT.
type hello struct {
	name     string // "" means MQTT
	level    byte   // 0 means 4
	kept     bool   // clean session off
	id       string
	user     string
	password string
}

// client is an MQTT client as plain as those in the field: it never
// subscribes, and reads what comes.
type client struct {
	testing.TB
	net.Conn
	r        *bufio.Reader
	session  string // as notifications call it
	notified int    // notifications that were read and not expected yet
	packet   uint16
	calls    int
}

func (w *world) connect(h hello) *client {
	w.Helper()
	c, code := w.dial(w.addr, h)
	if code != 0 {
		w.Fatalf("CONNACK %d, want 0", code)
	}
	return c
}

// dial connects and returns the return code of CONNACK.
func (w *world) dial(addr string, h hello) (*client, byte) {
	w.Helper()
	conn, err := net.Dial("tcp", addr)
	w.must(err)
	return open(w.TB, conn, h)
}

func open(t testing.TB, conn net.Conn, h hello) (*client, byte) {
	t.Helper()
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(clock.System().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	c := &client{TB: t, Conn: conn, r: bufio.NewReader(conn)}
	c.send(h.encode())
	kind, body := c.read()
	if kind != 0x20 || len(body) != 2 {
		t.Fatalf("got packet %#x % x, want CONNACK", kind, body)
	}
	return c, body[1]
}

func (h hello) encode() []byte {
	if h.name == "" {
		h.name, h.level = "MQTT", 4
	}
	flags := byte(0xC0)
	if !h.kept {
		flags |= 0x02
	}
	b := append(text(nil, h.name), h.level, flags, 0, 60)
	return packet(0x10, text(text(text(b, h.id), h.user), h.password))
}

func text(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
}

func packet(first byte, body []byte) []byte {
	return append(binary.AppendUvarint([]byte{first}, uint64(len(body))), body...)
}

func (c *client) send(p []byte) {
	c.Helper()
	if _, err := c.Write(p); err != nil {
		c.Fatal(err)
	}
}

func (c *client) read() (kind byte, body []byte) {
	c.Helper()
	kind, body, err := readPacket(c.r)
	if err != nil {
		c.Fatalf("cannot read a packet: %v", err)
	}
	return kind, body
}

func readPacket(r *bufio.Reader) (byte, []byte, error) {
	first, err := r.ReadByte()
	if err != nil {
		return 0, nil, err
	}
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return 0, nil, err
	}
	body := make([]byte, n)
	_, err = io.ReadFull(r, body)
	return first, body, err
}

// publish sends a message at QoS 0.
func (c *client) publish(topic, payload string) {
	c.Helper()
	c.send(packet(0x30, append(text(nil, topic), payload...)))
}

// deliver sends a message at QoS 1 and waits for its PUBACK.
func (c *client) deliver(topic, payload string) {
	c.Helper()
	c.packet++
	b := binary.BigEndian.AppendUint16(text(nil, topic), c.packet)
	c.send(packet(0x32, append(b, payload...)))
	for {
		kind, body := c.read()
		if kind == 0x40 {
			if id := binary.BigEndian.Uint16(body); id != c.packet {
				c.Fatalf("PUBACK for %d, want %d", id, c.packet)
			}
			return
		}
		c.note(body)
	}
}

// next reads the next message, and notes notifications on the way.
func (c *client) next() (topic string, payload []byte) {
	c.Helper()
	for {
		kind, body := c.read()
		if kind == 0x40 {
			continue
		}
		if kind != 0x30 {
			c.Fatalf("got packet %#x, want a message at QoS 0", kind)
		}
		if topic, payload := c.note(body); topic != "" {
			return topic, payload
		}
	}
}

// note takes a message apart. A notification is counted, and "".
func (c *client) note(body []byte) (topic string, payload []byte) {
	c.Helper()
	n := int(binary.BigEndian.Uint16(body))
	topic, payload = string(body[2:2+n]), body[2+n:]
	if topic != wire.NotifyTopic {
		return topic, payload
	}
	var in wire.Notify
	if err := json.Unmarshal(payload, &in); err != nil || in.SessionID == "" || in.ThingKey == "" {
		c.Fatalf("notification %s: %v", payload, err)
	}
	c.session = in.SessionID
	c.notified++
	return "", nil
}

// ask sends a whole request on a topic and returns the payload of its reply.
func (c *client) ask(topic, request string) wire.Reply {
	c.Helper()
	c.publish(topic, request)
	got, payload := c.next()
	if want := strings.Replace(topic, "api", "reply", 1); got != want {
		c.Fatalf("the reply came on %s, want %s", got, want)
	}
	reply, err := wire.ParseReply(payload)
	if err != nil {
		c.Fatalf("%v in %s", err, payload)
	}
	return reply
}

// call runs one command and returns its answer.
func (c *client) call(command, params string) wire.Answer {
	c.Helper()
	c.calls++
	if params == "" {
		params = "null"
	}
	reply := c.ask(fmt.Sprintf("api/%04d", c.calls), `{"1":{"command":"`+command+`","params":`+params+`}}`)
	if reply.Failure != nil {
		c.Fatalf("%s was refused with its whole request: %v", command, reply.Failure)
	}
	a, ok := reply.Answer("1")
	if !ok {
		c.Fatalf("%s has no answer", command)
	}
	return a
}

// ok runs one command that has to succeed and returns its params.
func (c *client) ok(command, params string) json.RawMessage {
	c.Helper()
	a := c.call(command, params)
	if a.Failure != nil {
		c.Fatalf("%s %s: %v", command, params, a.Failure)
	}
	return a.Params
}

// fails runs one command that has to fail with the code.
func (c *client) fails(code wire.Code, command, params string) *wire.Error {
	c.Helper()
	a := c.call(command, params)
	if a.Failure == nil || a.Failure.Code != code {
		c.Fatalf("%s %s: failure %v, want code %d", command, params, a.Failure, code)
	}
	return a.Failure
}

// check reads the mailbox.
func (c *client) check(params string) []wire.Message {
	c.Helper()
	return decode[wire.Mailbox](c, c.ok("mailbox.check", params)).Messages
}

// one reads the mailbox, which has to hold one message.
func (c *client) one() wire.Message {
	c.Helper()
	mail := c.check("")
	if len(mail) != 1 {
		c.Fatalf("the mailbox gave %d messages, want 1", len(mail))
	}
	return mail[0]
}

// expectNotify waits for a notification.
func (c *client) expectNotify() {
	c.Helper()
	for c.notified == 0 {
		_, body := c.read()
		if topic, payload := c.note(body); topic != "" {
			c.Fatalf("got %s %s, want a notification", topic, payload)
		}
	}
	c.notified--
}

// expectQuiet checks that nothing was pushed before a ping came back.
func (c *client) expectQuiet() {
	c.Helper()
	c.ok("diag.ping", "")
	if c.notified != 0 {
		c.Fatalf("got %d notifications, want none", c.notified)
	}
}

// expectEnd waits for the end of the connection.
func (c *client) expectEnd() error {
	c.Helper()
	for {
		_, body, err := readPacket(c.r)
		if err != nil {
			return err
		}
		if topic, payload := c.note(body); topic != "" {
			c.Fatalf("got %s %s, want the end of the connection", topic, payload)
		}
	}
}

func decode[T any](t testing.TB, raw json.RawMessage) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return v
}
