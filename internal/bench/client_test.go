package bench

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// client is a socket that speaks just enough MQTT 3.1.1, and costs little. It
// is used either with send and await or with call and until.
type client struct {
	net.Conn
	r       *bufio.Reader
	request []byte
	digits  []byte // of the value, in request
	answer  []byte // what comes for request: the reply, then PUBACK
	got     []byte
}

// The request of the load, a property with a value of six digits, and its reply.
const (
	suffix  = "0001"
	request = `{"1":{"command":"property.publish","params":{"key":"temperature","value":100000}}}`
	reply   = `{"1":{"success":true}}`
)

func dial(address, user, password string) (*client, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	hello := append(field(nil, "MQTT"), 4, 0xC2, 0, 0) // level, flags, no keep-alive
	c := &client{Conn: conn, r: bufio.NewReaderSize(conn, 16)}
	var connack [4]byte
	if _, err = c.Write(packet(0x10, field(field(field(hello, "bench"), user), password))); err == nil {
		_, err = io.ReadFull(c.r, connack[:])
	}
	if err == nil && connack[3] != 0 {
		err = fmt.Errorf("CONNACK %d", connack[3])
	}
	return c, err
}

// prepare makes the packets once that the client sends and expects again and
// again.
func (c *client) prepare() {
	c.request = publish("api/"+suffix, request)
	at := bytes.Index(c.request, []byte("100000"))
	c.digits = c.request[at : at+6]
	c.answer = append(packet(0x30, append(field(nil, "reply/"+suffix), reply...)), 0x40, 2, 0, 1)
	c.got = make([]byte, len(c.answer))
}

// send sends the request with another value than before.
func (c *client) send() error {
	for i := len(c.digits) - 1; i > 0; i-- {
		if c.digits[i]++; c.digits[i] <= '9' {
			break
		}
		c.digits[i] = '0'
	}
	_, err := c.Write(c.request)
	return err
}

// await waits for reply and PUBACK.
func (c *client) await() error {
	if _, err := io.ReadFull(c.Conn, c.got); err != nil {
		return err
	}
	if !bytes.Equal(c.got, c.answer) {
		return fmt.Errorf("got %q, want %q", c.got, c.answer)
	}
	return nil
}

func (c *client) write(b *testing.B, p []byte) {
	b.Helper()
	if _, err := c.Write(p); err != nil {
		b.Fatal(err)
	}
}

// call sends a command and returns the payload of its reply.
func (c *client) call(b *testing.B, command, params string) string {
	b.Helper()
	c.write(b, publish("api/call", fmt.Sprintf(`{"1":{"command":%q,"params":%s}}`, command, params)))
	return c.until(b, "reply/call")
}

// until reads packets to the first message on a topic, and returns its payload.
func (c *client) until(b *testing.B, topic string) string {
	b.Helper()
	for {
		kind, err := c.r.ReadByte()
		n, err2 := binary.ReadUvarint(c.r)
		body := make([]byte, n)
		if _, err3 := io.ReadFull(c.r, body); err != nil || err2 != nil || err3 != nil {
			b.Fatal(err, err2, err3)
		}
		if payload, ok := strings.CutPrefix(string(body), string(field(nil, topic))); ok && kind == 0x30 {
			return payload
		}
	}
}

// publish is a message at QoS 1 with the packet identifier 1.
func publish(topic, payload string) []byte {
	return packet(0x32, append(append(field(nil, topic), 0, 1), payload...))
}

func packet(first byte, body []byte) []byte {
	return append(binary.AppendUvarint([]byte{first}, uint64(len(body))), body...)
}

func field(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
}
