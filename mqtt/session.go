package mqtt

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"golang.org/x/time/rate"
)

// session is the reader's side of a connection, from its CONNECT to its end.
type session struct {
	*Conn
	packets packetReader
	level   byte
	silence time.Duration
	rate    *rate.Limiter // nil without a limit
}

// key is what a session is known by (TR50 1.1 point 2).
type key struct{ username, clientID string }

// run serves the connection until it ends. The connection is closed afterwards.
// An idle connection holds the frames of run and what runs below it: they are
// so small that its stack shrinks to 4 KiB.
func (s *session) run(in *Connect) {
	k, err := s.open(s.ctx, in)
	if err != nil {
		s.Close(err)
		return
	}
	s.server.enter(k, s.Conn)
	s.accept()
	s.Close(s.serve(s.ctx))
	s.server.leave(k, s.Conn)
	s.server.Handler.Closed(s.Conn, s.reasonEnding())
}

// open lets the client in, or says why not.
func (s *session) open(ctx context.Context, in *Connect) (key, error) {
	said, err := s.greet(ctx, *in)
	if err != nil {
		s.server.Logger.Debug("MQTT connection refused", "remote", said.Remote, "username", said.Username,
			"client_id", said.ClientID, "reason", err)
	}
	return key{said.Username, said.ClientID}, err
}

// greet reads CONNECT and asks the handler. An error means that the client was
// refused; its CONNACK, if it gets one, is queued.
func (s *session) greet(ctx context.Context, in Connect) (Connect, error) {
	limits := &s.server.limits
	if err := s.awaitPacket(s.server.Now().Add(limits.ConnectTimeout)); err != nil {
		return in, err
	}
	if conn, ok := s.transport.(*tls.Conn); ok {
		if err := conn.HandshakeContext(ctx); err != nil {
			return in, fmt.Errorf("the TLS handshake failed: %w", err)
		}
	}
	s.packets = newPacketReader(s.transport)
	p, err := s.packets.next(limits.ConnectBytes)
	defer s.packets.release()
	if err != nil {
		return in, s.readError(err)
	}
	if p.kind != typeConnect {
		return in, malformed("the first packet is not CONNECT")
	}
	said, code, err := decodeConnect(p, *limits)
	if err != nil {
		return in, err
	}
	said.Remote, said.TLS = in.Remote, in.TLS
	if code == Accepted {
		code = s.ask(ctx, &said)
	}
	if code != Accepted {
		s.answer(func(b []byte) []byte { return appendConnack(b, code) })
		return said, fmt.Errorf("refused with CONNACK %d (%s)", code, code)
	}
	s.level = said.Level
	s.silence = limits.silence(said.KeepAlive)
	if limits.MessagesPerSecond > 0 {
		s.rate = rate.NewLimiter(rate.Limit(limits.MessagesPerSecond), limits.MessageBurst)
	}
	return said, nil
}

func (s *session) ask(ctx context.Context, in *Connect) (code Code) {
	if in.ClientID == "" {
		in.ClientID = "auto-" + rand.Text()
	}
	defer s.recover(func(error) { code = Unavailable })
	return s.server.Handler.Connect(ctx, s.Conn, *in)
}

// serve handles packets until the connection ends, and gives the reason.
func (s *session) serve(ctx context.Context) (reason error) {
	defer s.packets.release()
	defer s.recover(func(err error) { reason = err })
	s.server.Handler.Ready(ctx, s.Conn)
	for {
		if err := s.awaitPacket(s.server.Now().Add(s.silence)); err != nil {
			return err
		}
		p, err := s.packets.next(s.server.limits.PacketBytes)
		if err != nil {
			return s.readError(err)
		}
		if err := s.handle(ctx, p); err != nil {
			return err
		}
		s.packets.release()
		s.flush()
	}
}

// readError says why reading ended.
func (s *session) readError(err error) error {
	switch {
	case errors.Is(err, ErrMalformed):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		if reason := s.reasonEnding(); reason != nil {
			return reason // it was woken because it ends
		}
		return ErrSilent
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrLost
	}
	return fmt.Errorf("%w: %v", ErrLost, err)
}

// recover turns a panic of the handler into the end of this one connection.
func (s *session) recover(end func(error)) {
	if p := recover(); p != nil {
		s.server.Logger.Error("the MQTT handler panicked; its connection is closed",
			"panic", p, "stack", string(debug.Stack()))
		end(fmt.Errorf("internal error: the handler panicked: %v", p))
	}
}
