package mqtt

import (
	"bufio"
	"errors"
	"io"
	"sync"
)

// Control packet types (MQTT 3.1.1, table 2.1).
const (
	typeConnect     = 1
	typeConnack     = 2
	typePublish     = 3
	typePuback      = 4
	typePubrec      = 5
	typePubrel      = 6
	typePubcomp     = 7
	typeSubscribe   = 8
	typeSuback      = 9
	typeUnsubscribe = 10
	typeUnsuback    = 11
	typePingreq     = 12
	typePingresp    = 13
	typeDisconnect  = 14
)

const (
	// readBufferBytes is what an idle connection holds for reading. Packets that
	// fit are parsed in place.
	readBufferBytes = 512
	// bodyBytes is the size of a pooled buffer for larger packets. Beyond it a
	// body grows only as fast as its bytes arrive.
	bodyBytes = 8 << 10
)

// packet is one control packet. The body is valid until the next call of next.
type packet struct {
	kind, flags byte
	body        []byte
}

// packetReader cuts a stream into packets.
type packetReader struct {
	r *bufio.Reader
	// skip is how much of r the last packet still occupies.
	skip int
	// body is the pooled buffer of the last packet, nil when it was parsed in place.
	body *[]byte
}

var bodies = sync.Pool{New: func() any {
	b := make([]byte, 0, bodyBytes)
	return &b
}}

func newPacketReader(r io.Reader) packetReader {
	return packetReader{r: bufio.NewReaderSize(r, readBufferBytes)}
}

// release gives back what the last packet occupied. An idle connection holds no
// pooled buffer.
func (p *packetReader) release() {
	if p.skip > 0 {
		_, _ = p.r.Discard(p.skip) // cannot fail: the bytes were peeked
		p.skip = 0
	}
	if p.body == nil {
		return
	}
	if cap(*p.body) <= bodyBytes {
		*p.body = (*p.body)[:0]
		bodies.Put(p.body)
	}
	p.body = nil
}

// next reads one packet of at most limit bytes after the fixed header. io.EOF
// comes only between packets.
func (p *packetReader) next(limit int) (packet, error) {
	p.release()
	first, err := p.r.ReadByte()
	if err != nil {
		return packet{}, err
	}
	length, err := p.length()
	if err != nil {
		return packet{}, err
	}
	if length > limit {
		return packet{}, malformed("%d bytes are announced, at most %d are accepted", length, limit)
	}
	body, err := p.read(length)
	if err != nil {
		return packet{}, noEOF(err)
	}
	return packet{kind: first >> 4, flags: first & 0x0f, body: body}, nil
}

// length reads the remaining length, at most four bytes (MQTT 3.1.1, 2.2.3).
func (p *packetReader) length() (int, error) {
	n := 0
	for shift := 0; shift < 28; shift += 7 {
		b, err := p.r.ReadByte()
		if err != nil {
			return 0, noEOF(err)
		}
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return n, nil
		}
	}
	return 0, malformed("the remaining length has more than four bytes")
}

func (p *packetReader) read(n int) ([]byte, error) {
	if n <= readBufferBytes {
		b, err := p.r.Peek(n)
		if err == nil {
			p.skip = n
		}
		return b, err
	}
	p.body = bodies.Get().(*[]byte)
	buf := *p.body
	for len(buf) < n {
		if len(buf) == cap(buf) {
			buf = append(make([]byte, 0, min(n, 4*cap(buf))), buf...)
		}
		end := min(n, cap(buf))
		got, err := io.ReadFull(p.r, buf[len(buf):end])
		buf = buf[:len(buf)+got]
		if err != nil {
			return nil, err
		}
	}
	*p.body = buf
	return buf, nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
