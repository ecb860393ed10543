package link

import (
	"bufio"
	"bytes"
	"testing"
)

// FuzzPacket holds what a server may send against the reader: it never takes
// more memory than the packet has bytes, and what it gives out lies inside.
func FuzzPacket(f *testing.F) {
	for _, seed := range [][]byte{{0x20, 2, 0, 0}, {0x30, 9, 0, 5, 'r', 'e', 'p', 'l', 'y', '{', '}'}, {0x32, 5, 0, 1, 'x', 0, 7}, {0x30, 0xff, 0xff, 0xff, 0x7f}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := readPacket(bufio.NewReader(bytes.NewReader(data)))
		if err != nil {
			return
		}
		if len(p.body) > maxPacket || len(p.body) > len(data) {
			t.Fatalf("a body of %d bytes from %d", len(p.body), len(data))
		}
		if p.kind() != typePublish {
			return
		}
		if out, err := p.publication(); err == nil && len(out.topic)+len(out.payload) > len(p.body) {
			t.Fatalf("a topic of %d and a payload of %d bytes from %d", len(out.topic), len(out.payload), len(p.body))
		}
	})
}
