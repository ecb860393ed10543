package control

import "github.com/sluicehq/sluice/fleet"

// Online says that a device has opened a session; ring tells the device that
// mail waits, and must not block. The returned function ends the session.
func (c *Control) Online(id fleet.DeviceID, ring func()) (offline func()) {
	c.bells.mu.Lock()
	c.bells.live[id] = liveDevice{c.bells.live[id].sessions + 1, ring}
	c.bells.mu.Unlock()
	c.Feed.publish(Change{Device: id})
	return func() {
		c.bells.mu.Lock()
		if d := c.bells.live[id]; d.sessions > 1 {
			c.bells.live[id] = liveDevice{d.sessions - 1, d.ring}
		} else {
			delete(c.bells.live, id)
		}
		c.bells.mu.Unlock()
		c.Feed.publish(Change{Device: id})
	}
}

// Connected tells whether the device holds a session with this process.
func (c *Control) Connected(id fleet.DeviceID) bool {
	c.bells.mu.Lock()
	defer c.bells.mu.Unlock()
	return c.bells.live[id].sessions > 0
}

// ring wakes the device if it is connected.
func (c *Control) ring(id fleet.DeviceID) {
	c.bells.mu.Lock()
	ring := c.bells.live[id].ring
	c.bells.mu.Unlock()
	if ring != nil {
		ring()
	}
}

// withPresence fills what only the live sessions know.
func (c *Control) withPresence(list []fleet.Device) []fleet.Device {
	for i := range list {
		list[i].Connected = c.Connected(list[i].ID)
	}
	return list
}
