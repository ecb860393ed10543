package control

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// Limits of what a device publishes in one contact.
const (
	maxValues    = 1000
	maxValueKey  = 128
	maxValueText = 64 << 10
)

// Contact takes a message of a device and returns once it is on disk. The
// answer says whether a command may now be offered.
func (c *Control) Contact(ctx context.Context, contact Contact) (ContactAnswer, error) {
	if len(contact.Values) > maxValues {
		return ContactAnswer{}, fleet.Errorf(fleet.Invalid, "more than %d values in one message", maxValues)
	}
	for i := range contact.Values {
		v := &contact.Values[i]
		if v.Key == "" || len(v.Key) > maxValueKey {
			return ContactAnswer{}, fleet.Errorf(fleet.Invalid, "the key of a %s has 1 to %d bytes", v.Kind, maxValueKey)
		}
		v.Text = clip(v.Text, maxValueText)
		if v.At.IsZero() {
			v.At = contact.At
		}
	}
	answer, err := c.contacts.commit(ctx, contact)
	if err == nil {
		c.Feed.publish(Change{Device: contact.DeviceID})
	}
	return answer, err
}
