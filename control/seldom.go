package control

import (
	"sync"
	"time"
)

// Bounds of what a stranger can have written down: once in a while for each
// thing, and for so many things.
const (
	seldomEvery = time.Minute
	maxSeldom   = 10_000
)

// seldom bounds lines that anyone can cause by trying again and again.
type seldom[K comparable] struct {
	now  func() time.Time
	mu   sync.Mutex
	last map[K]time.Time
}

func newSeldom[K comparable](now func() time.Time) *seldom[K] {
	return &seldom[K]{now: now, last: map[K]time.Time{}}
}

// due tells whether a minute has passed since it was last due for the key.
// When too many keys are held, none is due that is not held.
func (s *seldom[K]) due(k K) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if at, ok := s.last[k]; ok && now.Sub(at) < seldomEvery && !now.Before(at) {
		return false
	}
	if len(s.last) >= maxSeldom {
		for key, at := range s.last {
			if now.Sub(at) >= seldomEvery || now.Before(at) {
				delete(s.last, key)
			}
		}
	}
	if len(s.last) >= maxSeldom {
		return false
	}
	s.last[k] = now
	return true
}
