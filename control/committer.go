package control

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/sluicehq/sluice/fleet"
)

// maxBatch is how many contacts share a commit.
const maxBatch = 256

// committer gathers contacts that arrive at the same time into one
// transaction and answers each of them after the commit. Contacts of one
// device stay in order.
type committer struct {
	store  Store
	shards []chan waiting
	done   sync.WaitGroup

	committed atomic.Uint64
}

// waiting are contacts that are kept together.
type waiting struct {
	contacts []Contact
	answer   chan<- contactResult
}

type contactResult struct {
	answers []ContactAnswer
	err     error
}

func newCommitter(s Store) *committer {
	c := &committer{store: s}
	for range s.Committers() {
		shard := make(chan waiting, maxBatch)
		c.shards = append(c.shards, shard)
		c.done.Go(func() { c.run(shard) })
	}
	return c
}

func (c *committer) close() {
	for _, shard := range c.shards {
		close(shard)
	}
	c.done.Wait()
}

// commit returns after the contacts are on disk. They are in order with those
// of the first one's device. A context that ends stops the waiting, not the
// commit.
func (c *committer) commit(ctx context.Context, list []Contact) ([]ContactAnswer, error) {
	if len(list) == 0 {
		return nil, nil
	}
	answer := make(chan contactResult, 1)
	select {
	case c.shards[int(list[0].DeviceID)%len(c.shards)] <- waiting{list, answer}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case r := <-answer:
		return r.answers, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *committer) run(shard <-chan waiting) {
	batch := make([]waiting, 0, maxBatch)
	contacts := make([]Contact, 0, maxBatch)
	for first := range shard {
		batch = append(batch[:0], first)
		for more := true; more && len(batch) < maxBatch; {
			select {
			case w, ok := <-shard:
				if more = ok; ok {
					batch = append(batch, w)
				}
			default:
				more = false
			}
		}
		contacts = contacts[:0]
		for _, w := range batch {
			contacts = append(contacts, w.contacts...)
		}
		answers, err := c.store.Contact(context.Background(), contacts)
		if err == nil && len(answers) != len(contacts) {
			err = fleet.Errorf(fleet.Internal, "the store answered %d of %d contacts", len(answers), len(contacts))
		}
		if err == nil {
			c.committed.Add(uint64(len(contacts)))
		}
		for _, w := range batch {
			r := contactResult{err: err}
			if n := len(w.contacts); err == nil {
				r.answers, answers = answers[:n:n], answers[n:]
			}
			w.answer <- r
		}
	}
}
