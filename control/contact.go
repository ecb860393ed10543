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
	maxLogText   = 4 << 10 // bytes of a line of the log
)

// Contact takes a message of a device and returns once it is on disk. The
// answer says whether a command may now be offered. It counts also with the
// fleet.Conflict for keys beyond fleet.MaxKeys, whose values alone are lost.
func (c *Control) Contact(ctx context.Context, contact Contact) (ContactAnswer, error) {
	answers, err := c.ContactAll(ctx, []Contact{contact})
	if len(answers) == 0 {
		return ContactAnswer{}, err
	}
	return answers[0], err
}

// ContactAll is Contact for a message that speaks of several devices, or says
// more than one contact holds: all of it is kept in one transaction, or nothing
// but the values of keys beyond fleet.MaxKeys, for which there is an error
// beside the answers.
func (c *Control) ContactAll(ctx context.Context, list []Contact) ([]ContactAnswer, error) {
	for i := range list {
		if err := list[i].check(); err != nil {
			return nil, err
		}
	}
	answers, err := c.contacts.commit(ctx, list)
	if err != nil {
		return nil, err
	}
	for i, contact := range list {
		c.Feed.publish(Change{Device: contact.DeviceID})
		if v := answers[i].Refused; v != nil {
			err = v.TooMany()
		}
	}
	return answers, err
}

// check bounds what the contact publishes and says when it was.
func (contact Contact) check() error {
	if len(contact.Values) > maxValues {
		return fleet.Errorf(fleet.Invalid, "more than %d values in one message", maxValues)
	}
	for i := range contact.Values {
		v := &contact.Values[i]
		if v.Key == "" || len(v.Key) > maxValueKey {
			return fleet.Errorf(fleet.Invalid, "the key of a %s has 1 to %d bytes", v.Kind, maxValueKey)
		}
		v.Text = clip(v.Text, maxValueText)
		if v.At.IsZero() {
			v.At = contact.At
		}
	}
	for i := range contact.Lines {
		contact.Lines[i].Text = clip(contact.Lines[i].Text, maxLogText)
	}
	return nil
}
