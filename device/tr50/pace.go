package tr50

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/sluicehq/sluice/fleet"
)

// maxPaced is for how many devices a pace is held before those that rest are
// let go.
const maxPaced = 10_000

// pace bounds how often devices send requests over HTTP, each by itself.
type pace struct {
	limit rate.Limit
	burst int

	mu sync.Mutex
	of map[fleet.DeviceID]*rate.Limiter
}

func newPace(perSecond float64, burst int) *pace {
	return &pace{limit: rate.Limit(perSecond), burst: burst, of: map[fleet.DeviceID]*rate.Limiter{}}
}

// admit tells whether the device may send a request now.
func (p *pace) admit(id fleet.DeviceID, now time.Time) bool {
	if p.limit <= 0 {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	one := p.of[id]
	if one == nil {
		if len(p.of) >= maxPaced {
			p.forget(now)
		}
		one = rate.NewLimiter(p.limit, p.burst)
		p.of[id] = one
	}
	return one.AllowN(now, 1)
}

// forget lets go of the devices that could send all that they may at once:
// another limiter is the same to them.
func (p *pace) forget(now time.Time) {
	for id, one := range p.of {
		if one.TokensAt(now) >= float64(p.burst) {
			delete(p.of, id)
		}
	}
}
