package app

import (
	"context"
	"time"
)

// every calls do whenever the interval has passed, until ctx ends. What fails
// is logged, and tried again the next time.
func (s *Server) every(ctx context.Context, interval time.Duration, what string, do func(context.Context) (int, error)) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if _, err := do(ctx); err != nil && ctx.Err() == nil {
				s.config.Logger.Error("cannot "+what, "error", err)
			}
		}
	}
}

// seal seals what the audit log has, a part at a time.
func (s *Server) seal(ctx context.Context) (sealed int, err error) {
	for {
		n, err := s.Control.Seal(ctx)
		sealed += n
		if err != nil || n == 0 {
			return sealed, err
		}
	}
}
