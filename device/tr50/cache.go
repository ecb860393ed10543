package tr50

import (
	"container/list"
	"sync"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// cache keeps values under unguessable ids for a time that use prolongs. It is
// bounded in all and for each owner: the one that was unused for longest goes.
type cache[V any] struct {
	now               func() time.Time
	ttl               time.Duration
	limit, ownerLimit int

	mu     sync.Mutex
	byID   map[string]*list.Element
	byUse  *list.List // the last used is at the front
	owners map[fleet.DeviceID][]string
}

type cached[V any] struct {
	id        string
	owner     fleet.DeviceID
	value     V
	expiresAt time.Time
}

func newCache[V any](now func() time.Time, ttl time.Duration, limit, ownerLimit int) *cache[V] {
	return &cache[V]{now: now, ttl: ttl, limit: limit, ownerLimit: ownerLimit,
		byID: map[string]*list.Element{}, byUse: list.New(), owners: map[fleet.DeviceID][]string{}}
}

// put keeps a value for an owner. Owner 0, a user, has no limit of its own.
func (c *cache[V]) put(id string, owner fleet.DeviceID, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for back := c.byUse.Back(); back != nil; back = c.byUse.Back() {
		oldest := back.Value.(*cached[V])
		if len(c.byID) < c.limit && c.now().Before(oldest.expiresAt) {
			break
		}
		c.drop(oldest.id)
	}
	if mine := c.owners[owner]; owner != 0 && len(mine) >= c.ownerLimit {
		c.drop(mine[0])
	}
	c.byID[id] = c.byUse.PushFront(&cached[V]{id: id, owner: owner, value: v, expiresAt: c.now().Add(c.ttl)})
	if owner != 0 {
		c.owners[owner] = append(c.owners[owner], id)
	}
}

// use returns a value and prolongs its time.
func (c *cache[V]) use(id string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.live(id)
	if !ok {
		var none V
		return none, false
	}
	e.expiresAt = c.now().Add(c.ttl)
	c.byUse.MoveToFront(c.byID[id])
	c.touch(e)
	return e.value, true
}

// take returns a value that fits and forgets it.
func (c *cache[V]) take(id string, fits func(V) bool) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.live(id)
	if !ok || !fits(e.value) {
		var none V
		return none, false
	}
	c.drop(id)
	return e.value, true
}

// shorten lets a value live for d more at most.
func (c *cache[V]) shorten(id string, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.live(id); ok {
		e.expiresAt = c.now().Add(d)
		c.byUse.MoveToBack(c.byID[id])
	}
}

// live finds an entry that is not over. The caller holds mu.
func (c *cache[V]) live(id string) (*cached[V], bool) {
	element, ok := c.byID[id]
	if !ok {
		return nil, false
	}
	e := element.Value.(*cached[V])
	if !c.now().Before(e.expiresAt) {
		c.drop(id)
		return nil, false
	}
	return e, true
}

// touch makes the entry its owner's last used. The caller holds mu.
func (c *cache[V]) touch(e *cached[V]) {
	if e.owner != 0 {
		c.owners[e.owner] = append(without(c.owners[e.owner], e.id), e.id)
	}
}

// drop forgets an entry. The caller holds mu.
func (c *cache[V]) drop(id string) {
	e := c.byUse.Remove(c.byID[id]).(*cached[V])
	delete(c.byID, id)
	if c.owners[e.owner] = without(c.owners[e.owner], id); len(c.owners[e.owner]) == 0 {
		delete(c.owners, e.owner)
	}
}

func without(ids []string, id string) []string {
	for i := range ids {
		if ids[i] == id {
			return append(ids[:i:i], ids[i+1:]...)
		}
	}
	return ids
}
