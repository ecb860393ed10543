package mqtt

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// fields reads the fields of a packet body in order. After the first fault every
// read answers zero and err tells what was wrong.
type fields struct {
	rest []byte
	err  error
}

func (f *fields) fail(format string, args ...any) {
	if f.err == nil {
		f.err = malformed(format, args...)
		f.rest = nil
	}
}

func (f *fields) take(n int, what string) []byte {
	if f.err != nil {
		return nil
	}
	if n > len(f.rest) {
		f.fail("it ends inside the %s", what)
		return nil
	}
	b := f.rest[:n]
	f.rest = f.rest[n:]
	return b
}

func (f *fields) uint8(what string) byte {
	if b := f.take(1, what); b != nil {
		return b[0]
	}
	return 0
}

func (f *fields) uint16(what string) uint16 {
	if b := f.take(2, what); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

// binary reads a field with a two-byte length. It aliases the packet.
func (f *fields) binary(what string) []byte {
	return f.take(int(f.uint16(what)), what)
}

// text reads a UTF-8 string of at most limit bytes (MQTT 3.1.1, 1.5.3).
func (f *fields) text(what string, limit int) string {
	b := f.binary(what)
	switch {
	case len(b) > limit:
		f.fail("the %s has %d bytes, at most %d are accepted", what, len(b), limit)
	case !utf8.Valid(b):
		f.fail("the %s is not UTF-8", what)
	case bytes.IndexByte(b, 0) >= 0:
		f.fail("the %s has a NUL character", what)
	}
	if f.err != nil {
		return ""
	}
	return string(b)
}

// id reads a packet identifier, which is never 0.
func (f *fields) id() uint16 {
	id := f.uint16("packet identifier")
	if id == 0 {
		f.fail("the packet identifier is 0")
	}
	return id
}

// end checks that nothing is left over.
func (f *fields) end() error {
	if len(f.rest) > 0 {
		f.fail("%d bytes are left over", len(f.rest))
	}
	return f.err
}
