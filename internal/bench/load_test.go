package bench

import (
	"slices"
	"sync"
	"testing"
	"time"
)

const (
	connections = 1000
	senders     = 25 // goroutines that share the connections
)

// rate is how much was done in a second, and what each cost.
type rate struct {
	perSecond float64
	cost      cost
}

// load keeps one request under way on every connection: each of a few
// goroutines sends on all of its connections, then waits for all of them. A
// goroutine for each connection would cost more than what it measures.
func load(b *testing.B, clients []*client) rate {
	b.Helper()
	for _, c := range clients {
		c.prepare()
	}
	rounds(b, clients, window/4)
	before, start := spent(b), time.Now()
	n := rounds(b, clients, window)
	took := time.Since(start)
	return rate{float64(n) / took.Seconds(), spent(b).each(before, n)}
}

// rounds loads the server for a time and counts the answers.
func rounds(b *testing.B, clients []*client, d time.Duration) int {
	end := time.Now().Add(d)
	var mu sync.Mutex
	var all sync.WaitGroup
	total := 0
	for mine := range slices.Chunk(clients, len(clients)/senders) {
		all.Go(func() {
			n := 0
			for time.Now().Before(end) {
				if err := round(mine); err != nil {
					b.Error(err)
					break
				}
				n += len(mine)
			}
			mu.Lock()
			defer mu.Unlock()
			total += n
		})
	}
	all.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return total
}

func round(clients []*client) error {
	for _, c := range clients {
		if err := c.send(); err != nil {
			return err
		}
	}
	for _, c := range clients {
		if err := c.await(); err != nil {
			return err
		}
	}
	return nil
}

// parallel calls f for 0 to n-1 from a few goroutines.
func parallel(n int, f func(i int)) {
	next := make(chan int)
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}
