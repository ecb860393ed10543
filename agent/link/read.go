package link

import (
	"bufio"
	"encoding/binary"
	"fmt"

	"github.com/sluicehq/sluice/device/tr50/wire"
)

// read takes packets until the link ends.
func (l *Link) read(r *bufio.Reader) {
	defer close(l.done)
	for {
		p, err := readPacket(r)
		if err == nil {
			l.heard.Store(true)
			err = l.take(p)
		}
		if err != nil {
			l.fail(fmt.Errorf("the connection was lost: %w", err))
			return
		}
	}
}

func (l *Link) take(p packet) error {
	if p.kind() != typePublish {
		return nil // PINGRESP, or what was not asked for
	}
	in, err := p.publication()
	if err != nil {
		return err
	}
	if in.id != 0 {
		ack := encode(typePuback<<4, binary.BigEndian.AppendUint16(nil, in.id))
		if err := l.write(ack); err != nil {
			return err
		}
	}
	if in.topic == wire.NotifyTopic {
		select {
		case l.mail <- struct{}{}:
		default:
		}
		return nil
	}
	return l.takeReply(in)
}

// takeReply hands a reply to the call that waits for it. One that nobody waits
// for any more is dropped.
func (l *Link) takeReply(in publication) error {
	suffix, compressed, ok := wire.ParseReplyTopic(in.topic)
	if !ok {
		return nil
	}
	if compressed {
		inflated, err := wire.Inflate(in.payload, maxPacket)
		if err != nil {
			return err
		}
		in.payload = inflated
	}
	reply, err := wire.ParseReply(in.payload)
	if err != nil {
		return err
	}
	l.mu.Lock()
	answered := l.waiting[suffix]
	delete(l.waiting, suffix)
	l.mu.Unlock()
	if answered != nil {
		answered <- reply
	}
	return nil
}
