package mqtt

import (
	"context"
	"fmt"
	"time"
)

// handle deals with one packet of an accepted client. An error ends the connection.
func (s *session) handle(ctx context.Context, p packet) error {
	if s.level == level311 && !validFlags(p) {
		return malformed("packet type %d has the flags %#x", p.kind, p.flags)
	}
	limits := s.server.limits
	switch p.kind {
	case typePublish:
		return s.publish(ctx, p)
	case typePuback:
		// We publish at QoS 0 only. Some clients acknowledge all the same, with
		// wrong identifiers (TR50 1.1 point 4).
		return nil
	case typeSubscribe:
		id, granted, err := decodeSubscribe(p, limits)
		if err == nil {
			s.answer(func(b []byte) []byte { return appendSuback(b, id, granted) })
		}
		return err
	case typeUnsubscribe:
		id, err := decodeUnsubscribe(p, limits)
		if err == nil {
			s.answer(func(b []byte) []byte { return appendUnsuback(b, id) })
		}
		return err
	case typePingreq:
		s.answer(appendPingresp)
		return nil
	case typeDisconnect:
		return ErrDisconnected
	case typeConnect:
		return malformed("CONNECT came a second time")
	case typePubrec, typePubrel, typePubcomp:
		return malformed("packet type %d belongs to QoS 2, this server takes 0 and 1", p.kind)
	}
	return malformed("a client cannot send packet type %d", p.kind)
}

// validFlags holds the fixed header against MQTT 3.1.1, table 2.2 and 3.3.1.1.
// MQTT 3.1 leaves these bits open.
func validFlags(p packet) bool {
	const dup, qos = 0x08, 0x06
	switch p.kind {
	case typePublish:
		return p.flags&dup == 0 || p.flags&qos != 0
	case typeSubscribe, typeUnsubscribe, typePubrel:
		return p.flags == 0x02
	}
	return p.flags == 0
}

func (s *session) publish(ctx context.Context, p packet) error {
	m, err := decodePublish(p, s.server.limits)
	if err != nil {
		return err
	}
	if err := s.slow(ctx); err != nil {
		return err
	}
	if err := s.server.Handler.Message(ctx, s.Conn, m.topic, m.payload); err != nil {
		return fmt.Errorf("a message to %q was not accepted: %w", m.topic, err)
	}
	if m.id != 0 {
		s.answer(func(b []byte) []byte { return appendPuback(b, m.id) })
	}
	return nil
}

// slow waits until the rate limit allows one more message.
func (s *session) slow(ctx context.Context) error {
	if s.rate == nil {
		return nil
	}
	now := s.server.Now()
	wait := s.rate.ReserveN(now, 1).DelayFrom(now)
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ErrShutdown
	}
}
