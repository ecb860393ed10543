package mqtt

import "context"

// Shutdown stops listening, lets each connection finish and acknowledge the
// message it is at, closes it, and waits for all of them. When ctx ends first,
// the contexts of the handlers are cancelled and the connections are closed as
// they are; Shutdown then returns ctx's error without waiting for handlers.
func (s *Server) Shutdown(ctx context.Context) error {
	s.init()
	for _, c := range s.stop() {
		c.drain()
	}
	done := make(chan struct{})
	go func() {
		s.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		s.cancel()
		return nil
	case <-ctx.Done():
		s.cancel()
		for _, c := range s.open() {
			c.cut(ErrShutdown)
		}
		return ctx.Err()
	}
}

// stop refuses what is new and gives the open connections.
func (s *Server) stop() []*Conn {
	s.mu.Lock()
	s.stopped = true
	for l := range s.listeners {
		_ = l.Close() // Serve reports the end
	}
	s.mu.Unlock()
	return s.open()
}

func (s *Server) open() []*Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	conns := make([]*Conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	return conns
}
