package control

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// Self is a device that asks about itself and about the things that are bound
// to it. Nothing else exists for it: the answer is fleet.NotFound. People ask
// with an Actor.
type Self struct {
	c  *Control
	id fleet.DeviceID
}

// Self is what the device of a session may ask.
func (c *Control) Self(id fleet.DeviceID) Self { return Self{c, id} }

// Device reads the device itself, or a thing that is bound to it.
func (s Self) Device(ctx context.Context, id fleet.DeviceID) (fleet.Device, error) {
	return s.own(s.c.Store.Device(ctx, id))
}

// DeviceByKey is Device by the name on the wire.
func (s Self) DeviceByKey(ctx context.Context, key string) (fleet.Device, error) {
	return s.own(s.c.Store.DeviceByKey(ctx, key))
}

func (s Self) own(d fleet.Device, err error) (fleet.Device, error) {
	if err == nil && d.ID != s.id && d.ParentID != s.id {
		return fleet.Device{}, fleet.Errorf(fleet.NotFound, "there is no device %q", d.Key)
	}
	return d, err
}

// Values are what the device last published of a kind, ordered by key.
func (s Self) Values(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind) ([]fleet.Value, error) {
	if _, err := s.Device(ctx, id); err != nil {
		return nil, err
	}
	return s.c.Store.Values(ctx, id, kind)
}

// Value is what the device last published under a key.
func (s Self) Value(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind, key string) (fleet.Value, error) {
	if _, err := s.Device(ctx, id); err != nil {
		return fleet.Value{}, err
	}
	return s.c.Store.Value(ctx, id, kind, key)
}

// History is what the device published under a key, oldest first.
func (s Self) History(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind, key string, from, to time.Time, limit int) ([]fleet.Value, error) {
	if _, err := s.Device(ctx, id); err != nil {
		return nil, err
	}
	return s.c.Store.History(ctx, id, kind, key, from, to, limit)
}

// Log is the device's log, newest first.
func (s Self) Log(ctx context.Context, id fleet.DeviceID, p Page) ([]fleet.LogEntry, error) {
	if _, err := s.Device(ctx, id); err != nil {
		return nil, err
	}
	return s.c.Store.Log(ctx, id, p)
}

// Released finds the file of the release that the device is being given, if it
// has the name.
func (s Self) Released(ctx context.Context, id fleet.DeviceID, name string) (_ fleet.File, ok bool, err error) {
	if _, err := s.Device(ctx, id); err != nil {
		return fleet.File{}, false, err
	}
	list, err := s.c.Store.Executions(ctx, ExecutionFilter{DeviceID: id, States: inFlight}, Page{Limit: 1})
	if err != nil || len(list) == 0 || list[0].Update.ReleaseID == 0 {
		return fleet.File{}, false, err
	}
	r, err := s.c.Store.Release(ctx, list[0].Update.ReleaseID)
	if err != nil || r.File.Name != name {
		return fleet.File{}, false, err
	}
	return r.File, true, nil
}

// Edit changes an attribute of the device by what it was, "" where it was not
// set, in one transaction: of two edits at once none is lost. edit may run more
// than once.
func (s Self) Edit(ctx context.Context, id fleet.DeviceID, key string, edit func(before string) (string, error)) error {
	err := s.c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.LockDevices(ctx, []fleet.DeviceID{id}); err != nil {
			return err
		}
		if _, err := s.own(tx.Device(ctx, id)); err != nil {
			return err
		}
		list, err := tx.Values(ctx, id, fleet.Attribute)
		if err != nil {
			return err
		}
		now := s.c.Now()
		v := fleet.Value{Kind: fleet.Attribute, Key: key, At: now}
		for _, before := range list {
			if before.Key == key {
				v.Text = before.Text
				if before.At.After(now) { // a device's clock may be ahead, and its word would outlast this one
					v.At = before.At
				}
			}
		}
		text, err := edit(v.Text)
		if err != nil || text == v.Text {
			return err
		}
		v.Text = clip(text, maxValueText)
		return tx.Publish(ctx, id, now, v)
	})
	if err == nil {
		s.c.Feed.publish(Change{Device: id})
	}
	return err
}
