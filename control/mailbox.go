package control

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// Limits of a mailbox: messages that one check hands out, messages that wait,
// and the bytes of a person's command and of its parameters.
const (
	maxMail    = 64
	maxWaiting = 256
	maxCommand = 128
	maxParams  = 8 << 10
)

// Exec puts a method call into a device's mailbox and wakes the device.
// ttl 0 keeps it until it is acknowledged.
func (c *Control) Exec(ctx context.Context, a Actor, id fleet.DeviceID, method string, params json.RawMessage, ttl time.Duration) (fleet.Message, error) {
	var call bytes.Buffer
	enc := json.NewEncoder(&call)
	enc.SetEscapeHTML(false) // the bytes of the parameters count
	if err := enc.Encode(map[string]any{"method": method, "params": params}); err != nil {
		return fleet.Message{}, fleet.Errorf(fleet.Invalid, "cannot call %s: %v", method, err)
	}
	return c.SendMail(ctx, a, id, "method.exec", bytes.TrimSpace(call.Bytes()), ttl)
}

// SendMail puts any command into a device's mailbox and wakes the device.
func (c *Control) SendMail(ctx context.Context, a Actor, id fleet.DeviceID, command string, params json.RawMessage, ttl time.Duration) (fleet.Message, error) {
	d, err := c.device(ctx, a, fleet.DeviceMethod, id)
	if err != nil {
		return fleet.Message{}, err
	}
	if why := d.Refusal(); why != "" {
		return fleet.Message{}, fleet.Errorf(fleet.Conflict, "cannot send %s to %s: %s", command, d.Key, why)
	}
	switch {
	case command == "" || len(command) > maxCommand || clip(command, maxCommand) != command:
		return fleet.Message{}, fleet.Errorf(fleet.Invalid, "cannot send a command to %s: its name has 1 to %d printable characters", d.Key, maxCommand)
	case len(params) > maxParams:
		return fleet.Message{}, fleet.Errorf(fleet.Invalid, "cannot send %s to %s: method and parameters have %d bytes, at most %d go into a message",
			command, d.Key, len(params), maxParams)
	}
	m := fleet.Message{ID: messageID(), DeviceID: id, DeviceKey: d.Key, Command: command, Params: params, CreatedAt: c.Now()}
	if ttl > 0 {
		m.ExpiresAt = c.Now().Add(ttl)
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		waiting, err := tx.Mailbox(ctx, id, maxWaiting)
		if err != nil {
			return err
		}
		if len(waiting) >= maxWaiting {
			return fleet.Errorf(fleet.Conflict, "cannot send %s to %s: %d messages wait already", command, d.Key, maxWaiting)
		}
		if err := tx.InsertMessage(ctx, m); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(d.UnitID, a.Name(), "device.method", "device "+d.Key, clip(string(params), 500)))
	})
	if err == nil {
		c.ring(id)
	}
	return m, err
}

// messageID is 24 hexadecimal digits, as TR50 clients expect.
func messageID() string { return secret(24, "0123456789abcdef") }

// Room is how much mail a session takes at once; 0 messages are as many as
// there may be.
type Room struct {
	Messages int
	Bytes    int // of the messages as JSON
}

// CheckMail hands out what waits for the device and for the things that are
// bound to it, oldest first: what this session was not handed yet and the
// device has not begun (TR50 1.7). more says that some did not find room.
func (c *Control) CheckMail(ctx context.Context, id fleet.DeviceID, session string, room Room) (out []fleet.Message, more bool, err error) {
	if waits, err := c.MailWaits(ctx, id, session); err != nil || !waits { // an empty mailbox costs no transaction
		return nil, false, err
	}
	limit := room.Messages
	if limit <= 0 || limit > maxMail {
		limit = maxMail
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.LockDevices(ctx, []fleet.DeviceID{id}); err != nil { // a session may check twice at once
			return err
		}
		waiting, err := tx.WaitingMail(ctx, id, session, c.Now(), limit+1)
		if err != nil {
			return err
		}
		n := fitting(waiting[:min(limit, len(waiting))], room.Bytes)
		if out, more = waiting[:n], len(waiting) > n; n == 0 {
			return nil
		}
		ids := make([]string, n)
		for i, m := range out {
			ids[i] = m.ID
		}
		return tx.HandOut(ctx, ids, session)
	})
	if err != nil {
		return nil, false, err
	}
	return out, more, nil
}

// aroundMail bounds what a protocol writes around command, parameters and key
// of a message, in bytes.
const aroundMail = 256

// fitting is how many of the messages, from the first on, have room.
func fitting(list []fleet.Message, room int) int {
	for i, m := range list {
		// A quotation mark of a text is two bytes in JSON.
		if room -= len(m.Params) + 2*len(m.Command) + 2*len(m.DeviceKey) + aroundMail; room < 0 {
			return i
		}
	}
	return len(list)
}

// MailWaits tells whether CheckMail would hand out anything.
func (c *Control) MailWaits(ctx context.Context, id fleet.DeviceID, session string) (bool, error) {
	waiting, err := c.Store.WaitingMail(ctx, id, session, c.Now(), 1)
	return len(waiting) > 0, err
}

// Verdict is what an answer means for an execution.
type Verdict struct {
	Event        fleet.Event
	Detail       string
	Confirmation json.RawMessage // nil if there is none
}

// Acknowledge takes a device's answer to a message. A later session may
// answer, and the same answer may come again: only the first counts. For a
// message of an execution, judge says what the answer means.
func (c *Control) Acknowledge(ctx context.Context, id fleet.DeviceID, messageID string, a fleet.Answer, judge func(fleet.Answer) Verdict) error {
	a.ErrorMessage = clip(a.ErrorMessage, maxLogText)
	var changed Change
	err := c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		m, err := ownMessage(ctx, tx, id, messageID)
		if err != nil {
			return err
		}
		first, err := tx.AckMessage(ctx, messageID, c.Now(), a)
		if err != nil || m.ExecutionID == 0 {
			return err
		}
		v := judge(a)
		if !first && v.Event == judge(m.Answer).Event {
			return nil
		}
		changed, err = c.report(ctx, tx, Report{Device: m.DeviceID, Execution: m.ExecutionID, Event: v.Event, Detail: v.Detail,
			Confirmation: v.Confirmation, late: !first})
		return err
	})
	if err != nil {
		return err
	}
	c.answers.tell(messageID, a)
	c.Feed.publish(changed)
	return nil
}

// Progress takes a device's word that it works on a message (TR50's
// mailbox.update); from then on the message is not handed out again. event
// is "" for a word that moves nothing.
func (c *Control) Progress(ctx context.Context, id fleet.DeviceID, messageID string, event fleet.Event, detail string) error {
	var changed Change
	err := c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		m, err := ownMessage(ctx, tx, id, messageID)
		if err != nil {
			return err
		}
		if err := tx.StartMessage(ctx, messageID); err != nil || m.ExecutionID == 0 || event == "" {
			return err
		}
		changed, err = c.report(ctx, tx, Report{Device: m.DeviceID, Execution: m.ExecutionID, Event: event, Detail: detail,
			late: !m.AckedAt.IsZero()})
		return err
	})
	if err == nil {
		c.Feed.publish(changed)
	}
	return err
}

// ownMessage reads a message of this device or of a thing that is bound to it;
// another device's does not exist.
func ownMessage(ctx context.Context, tx Tx, id fleet.DeviceID, messageID string) (fleet.Message, error) {
	m, err := tx.Message(ctx, messageID)
	if err != nil || m.DeviceID == id {
		return m, err
	}
	d, err := tx.Device(ctx, m.DeviceID)
	if err == nil && d.ParentID != id {
		err = fleet.Errorf(fleet.NotFound, "Message %s not found", clip(messageID, 64))
	}
	return m, err
}

// answers wake those who wait for the answer to a message.
type answers struct {
	mu      sync.Mutex
	waiting map[string][]chan fleet.Answer
}

func (a *answers) tell(id string, answer fleet.Answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, ch := range a.waiting[id] {
		ch <- answer // has room for its one answer
	}
	delete(a.waiting, id)
}

// AwaitAnswer waits until the device has answered the message, or ctx ends.
func (c *Control) AwaitAnswer(ctx context.Context, id string) (fleet.Answer, error) {
	ch := make(chan fleet.Answer, 1)
	c.answers.mu.Lock()
	c.answers.waiting[id] = append(c.answers.waiting[id], ch)
	c.answers.mu.Unlock()
	if m, err := c.Store.Message(ctx, id); err != nil || !m.AckedAt.IsZero() {
		c.answers.forget(id, ch)
		return m.Answer, err
	}
	select {
	case answer := <-ch:
		return answer, nil
	case <-ctx.Done():
		c.answers.forget(id, ch)
		return fleet.Answer{}, ctx.Err()
	}
}

func (a *answers) forget(id string, ch chan fleet.Answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.waiting[id]
	for i := range list {
		if list[i] == ch {
			a.waiting[id] = append(list[:i:i], list[i+1:]...)
			break
		}
	}
	if len(a.waiting[id]) == 0 {
		delete(a.waiting, id)
	}
}
