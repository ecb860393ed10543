package link

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Types of MQTT packets, in the upper half of the first byte (MQTT 3.1.1, 2.2.1).
const (
	typeConnect    = 1
	typeConnack    = 2
	typePublish    = 3
	typePuback     = 4
	typePingreq    = 12
	typeDisconnect = 14
)

// Limits of what a server may send and what fits into a packet, in bytes.
const (
	maxPacket = 4 << 20
	maxField  = 1<<16 - 1
)

// Flags of CONNECT (MQTT 3.1.1, 3.1.2.3): a clean session with user name and
// password.
const connectFlags = 0x80 | 0x40 | 0x02

type packet struct {
	first byte
	body  []byte
}

func (p packet) kind() byte { return p.first >> 4 }

func readPacket(r *bufio.Reader) (packet, error) {
	first, err := r.ReadByte()
	if err != nil {
		return packet{}, err
	}
	length, err := readLength(r)
	if err != nil {
		return packet{}, err
	}
	p := packet{first: first, body: make([]byte, length)}
	_, err = io.ReadFull(r, p.body)
	return p, err
}

// readLength reads a remaining length of at most four bytes (MQTT 3.1.1, 2.2.3).
func readLength(r *bufio.Reader) (int, error) {
	length := 0
	for shift := 0; shift < 28; shift += 7 {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		length |= int(b&0x7f) << shift
		if b&0x80 == 0 {
			if length > maxPacket {
				return 0, fmt.Errorf("the server sent a packet of %d bytes, more than %d", length, maxPacket)
			}
			return length, nil
		}
	}
	return 0, errors.New("the server sent a packet whose length cannot be read")
}

func encode(first byte, body []byte) []byte {
	p := binary.AppendUvarint([]byte{first}, uint64(len(body)))
	return append(p, body...)
}

func encodeConnect(id, user, password string, keepAliveSeconds uint16) ([]byte, error) {
	body := []byte{0, 4, 'M', 'Q', 'T', 'T', 4, connectFlags}
	body = binary.BigEndian.AppendUint16(body, keepAliveSeconds)
	for _, field := range []string{id, user, password} {
		if len(field) > maxField {
			return nil, fmt.Errorf("cannot connect: a name or the token has more than %d bytes", maxField)
		}
		body = appendField(body, field)
	}
	return encode(typeConnect<<4, body), nil
}

func encodePublish(topic string, payload []byte) []byte {
	body := appendField(make([]byte, 0, len(topic)+2+len(payload)), topic)
	return encode(typePublish<<4, append(body, payload...))
}

func appendField(b []byte, field string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(field)))
	return append(b, field...)
}

// publication is a PUBLISH from the server; id is 0 at QoS 0.
type publication struct {
	topic   string
	id      uint16
	payload []byte
}

func (p packet) publication() (publication, error) {
	bad := errors.New("the server sent a PUBLISH that cannot be read")
	if len(p.body) < 2 {
		return publication{}, bad
	}
	n := int(binary.BigEndian.Uint16(p.body))
	rest := p.body[2:]
	if len(rest) < n {
		return publication{}, bad
	}
	out := publication{topic: string(rest[:n]), payload: rest[n:]}
	if qos := p.first >> 1 & 3; qos > 0 {
		if len(out.payload) < 2 {
			return publication{}, bad
		}
		out.id = binary.BigEndian.Uint16(out.payload)
		out.payload = out.payload[2:]
	}
	return out, nil
}
