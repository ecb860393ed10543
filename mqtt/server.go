package mqtt

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"
)

// Server serves MQTT to clients. Set the exported fields before the first call
// and leave them alone afterwards; Handler and Now are required.
type Server struct {
	Handler Handler
	Limits  Limits
	// Logger gets refused connections (debug) and faults of listeners. Nil: nothing is logged.
	Logger *slog.Logger
	// Now is the time that deadlines are reckoned from; it has to follow the
	// system's clock.
	Now func() time.Time

	once    sync.Once
	limits  Limits
	ctx     context.Context // ends when Shutdown stops waiting
	cancel  context.CancelFunc
	running sync.WaitGroup // readers and writers

	mu        sync.Mutex
	stopped   bool
	listeners map[net.Listener]struct{}
	conns     map[*Conn]struct{} // every open connection
	sessions  map[key]*Conn      // the accepted ones
}

func (s *Server) init() {
	s.once.Do(func() {
		if s.Handler == nil || s.Now == nil {
			panic("internal error: an mqtt.Server needs a Handler and Now")
		}
		if s.Logger == nil {
			s.Logger = slog.New(slog.DiscardHandler)
		}
		s.limits = s.Limits.withDefaults()
		s.ctx, s.cancel = context.WithCancel(context.Background())
		s.listeners = map[net.Listener]struct{}{}
		s.conns = map[*Conn]struct{}{}
		s.sessions = map[key]*Conn{}
	})
}

// Serve takes connections from a plain listener or one of crypto/tls, until
// Shutdown (ErrServerClosed) or a fault of the listener. It closes the listener.
func (s *Server) Serve(l net.Listener) error {
	s.init()
	defer l.Close()
	if !s.listen(l) {
		return ErrServerClosed
	}
	defer s.unlisten(l)
	for {
		transport, err := l.Accept()
		switch {
		case err == nil:
			_, encrypted := transport.(*tls.Conn)
			s.start(transport, Connect{Remote: transport.RemoteAddr().String(), TLS: encrypted})
		case s.isStopped():
			return ErrServerClosed
		case isTemporary(err):
			s.Logger.Warn("cannot accept an MQTT connection; trying again", "error", err)
			if !s.pause(acceptPause) {
				return ErrServerClosed
			}
		default:
			return fmt.Errorf("cannot accept MQTT connections on %s: %w", l.Addr(), err)
		}
	}
}

// acceptPause is the pause after a fault such as too many open files.
const acceptPause = 50 * time.Millisecond

func isTemporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}

func (s *Server) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// start serves a connection in a goroutine of its own.
func (s *Server) start(transport net.Conn, in Connect) {
	c, ok := s.admit(transport)
	if !ok {
		_ = transport.Close()
		return
	}
	go s.serve(c, &in)
}

// serve runs an admitted connection to its end.
func (s *Server) serve(c *Conn, in *Connect) {
	defer s.running.Done()
	defer s.dismiss(c)
	ss := session{Conn: c}
	ss.run(in)
}

// admit counts a connection in, unless there are too many or the server stops.
// An admitted connection holds s.running until serve returns.
func (s *Server) admit(transport net.Conn) (*Conn, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	full := s.limits.Connections > 0 && len(s.conns) >= s.limits.Connections
	if s.stopped || full {
		s.Logger.Debug("MQTT connection turned away", "full", full, "stopped", s.stopped)
		return nil, false
	}
	c := &Conn{server: s, transport: transport}
	c.ctx, c.cancel = context.WithCancel(s.ctx)
	s.conns[c] = struct{}{}
	s.running.Add(1)
	return c, true
}

func (s *Server) dismiss(c *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// enter makes c the session of k and ends the one before it.
func (s *Server) enter(k key, c *Conn) {
	s.mu.Lock()
	before := s.sessions[k]
	s.sessions[k] = c
	s.mu.Unlock()
	if before != nil {
		before.Close(ErrTakenOver)
	}
}

func (s *Server) leave(k key, c *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sessions[k] == c {
		delete(s.sessions, k)
	}
}

// Connections is the number of accepted clients.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}

func (s *Server) listen(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopped {
		s.listeners[l] = struct{}{}
	}
	return !s.stopped
}

func (s *Server) unlisten(l net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, l)
}

func (s *Server) isStopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}
