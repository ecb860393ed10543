package mqtt

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"unicode/utf8"
)

// FuzzPackets reads any bytes as a stream of packets and decodes each of them.
func FuzzPackets(f *testing.F) {
	f.Add(connectPacket{id: "a", user: "u", password: "p"}.encode())
	f.Add(connectPacket{name: "MQIsdp", level: 3, id: "a"}.encode())
	f.Add(append(publishPacket("api/1", "x", 7), pingPacket...))
	f.Add(subscribePacket(1, "reply/#", "+/a"))
	f.Add(publishPacket("api", string(make([]byte, 9000)), 0))
	const limit = 20_000
	limits := Limits{StringBytes: 200}.withDefaults()
	f.Fuzz(func(t *testing.T, data []byte) {
		r := newPacketReader(bytes.NewReader(data))
		for {
			p, err := r.next(limit)
			if err != nil {
				if !errors.Is(err, ErrMalformed) && err != io.EOF && err != io.ErrUnexpectedEOF {
					t.Fatalf("got %v", err)
				}
				r.release()
				return
			}
			if len(p.body) > limit || !bytes.Contains(data, p.body) {
				t.Fatalf("a body of %d bytes was not in the data", len(p.body))
			}
			decodeAny(t, p, limits)
		}
	})
}

func decodeAny(t *testing.T, p packet, limits Limits) {
	in, code, err := decodeConnect(p, limits)
	if err == nil && code == Accepted && (in.ClientID == "" && !in.Clean || len(in.ClientID) > limits.StringBytes) {
		t.Fatalf("accepted %+v", in)
	}
	m, err := decodePublish(p, limits)
	if err == nil && (m.topic == "" || !utf8.ValidString(m.topic) || bytes.ContainsAny([]byte(m.topic), "+#\x00")) {
		t.Fatalf("the topic %q is accepted", m.topic)
	}
	id, granted, err := decodeSubscribe(p, limits)
	if err == nil && (id == 0 || len(granted) == 0 || bytes.ContainsAny(granted, "\x02\x03")) {
		t.Fatalf("granted %v for %d", granted, id)
	}
	if id, err := decodeUnsubscribe(p, limits); err == nil && id == 0 {
		t.Fatal("packet id 0 is accepted")
	}
}
