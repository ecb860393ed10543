package control

import (
	"slices"
	"sync"

	"github.com/sluicehq/sluice/fleet"
)

// Bell reaches a device that holds a session here. Its functions do not block.
type Bell struct {
	Ring   func() // tells the device that mail waits
	HangUp func() // ends the session
}

// bells are the live sessions of this process.
type bells struct {
	mu   sync.Mutex
	live map[fleet.DeviceID][]*Bell
}

// Online says that a device has opened a session. The returned function ends
// the session.
func (c *Control) Online(id fleet.DeviceID, b Bell) (offline func()) {
	mine := &b
	c.bells.mu.Lock()
	c.bells.live[id] = append(c.bells.live[id], mine)
	c.bells.mu.Unlock()
	c.Feed.publish(Change{Device: id})
	return func() {
		c.bells.drop(id, mine)
		c.Feed.publish(Change{Device: id})
	}
}

func (l *bells) drop(id fleet.DeviceID, b *Bell) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := slices.DeleteFunc(l.live[id], func(other *Bell) bool { return other == b })
	if l.live[id] = rest; len(rest) == 0 {
		delete(l.live, id)
	}
}

// of are the sessions of a device.
func (l *bells) of(id fleet.DeviceID) []*Bell {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.live[id])
}

// Connected tells whether the device holds a session with this process.
func (c *Control) Connected(id fleet.DeviceID) bool {
	c.bells.mu.Lock()
	defer c.bells.mu.Unlock()
	return len(c.bells.live[id]) > 0
}

// ring wakes the device if it is connected.
func (c *Control) ring(id fleet.DeviceID) {
	for _, b := range c.bells.of(id) {
		b.Ring()
	}
}

// hangUp ends every session of the device.
func (c *Control) hangUp(id fleet.DeviceID) {
	for _, b := range c.bells.of(id) {
		b.HangUp()
	}
}

// withPresence fills what only the live sessions know.
func (c *Control) withPresence(list []fleet.Device) []fleet.Device {
	for i := range list {
		list[i].Connected = c.Connected(list[i].ID)
	}
	return list
}
