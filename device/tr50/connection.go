package tr50

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/mqtt"
)

// Connect lets a device in by thing key, token and app id, and a user by
// e-mail and password (TR50 1.1). A user name without "@" is always a thing
// key, so that a fleet with a revoked token costs no password hashing.
func (h *Handler) Connect(ctx context.Context, c *mqtt.Conn, in mqtt.Connect) mqtt.Code {
	s, err := h.admit(ctx, in.Username, string(in.Password), in.ClientID)
	if errors.Is(err, control.ErrBadLogin) && strings.Contains(in.Username, "@") {
		if s, err = h.signIn(ctx, in.Username, string(in.Password)); fleet.CodeOf(err) == fleet.Denied {
			return mqtt.BadLogin
		}
	}
	if err == nil {
		c.SetValue(s)
		return mqtt.Accepted
	}
	switch {
	case errors.Is(err, control.ErrBadLogin):
		return mqtt.BadLogin
	case fleet.CodeOf(err) == fleet.Denied:
		h.log.Debug("device refused", "thing_key", in.Username, "remote", in.Remote, "reason", fleet.Sentence(err))
		return mqtt.NotAuthorised
	case fleet.CodeOf(err) != fleet.Unavailable && ctx.Err() == nil:
		h.log.Error("cannot let a device in", "thing_key", in.Username, "remote", in.Remote, "error", err)
	}
	return mqtt.Unavailable
}

// signIn opens a session of a user.
func (h *Handler) signIn(ctx context.Context, name, password string) (*session, error) {
	select {
	case h.logins <- struct{}{}:
		defer func() { <-h.logins }()
	default:
		return nil, fleet.Errorf(fleet.Unavailable, "too many users sign in at once; try again later")
	}
	token, _, err := h.control.SignIn(ctx, name, password)
	if err != nil {
		return nil, err
	}
	return &session{id: newID(), token: token}, nil
}

var errHungUp = errors.New("the device was rejected or has another token")

// Ready makes the device reachable and tells it when mail waits: some clients
// check their mailbox only when they are told (TR50 1.7).
func (h *Handler) Ready(ctx context.Context, c *mqtt.Conn) {
	s := c.Value().(*session)
	if s.user() {
		return
	}
	s.offline = h.control.Online(s.device, control.Bell{
		Ring:   func() { notify(c, s) },
		HangUp: func() { c.Close(errHungUp) },
	})
	// What happened between Connect and Online missed the hang-up.
	if _, err := h.control.Resume(ctx, s.device, s.proof); fleet.CodeOf(err) == fleet.Denied {
		c.Close(errHungUp)
		return
	}
	err := h.gather(ctx, c, s)
	var mail bool
	if err == nil {
		mail, err = h.control.MailWaits(ctx, s.device, s.id)
	}
	if err != nil {
		if ctx.Err() == nil {
			h.log.Error("cannot look into a mailbox", "thing_key", s.key, "error", err)
		}
		return
	}
	if mail {
		notify(c, s)
	}
}

// gather makes the things that are bound to the device reachable with it.
func (h *Handler) gather(ctx context.Context, c *mqtt.Conn, s *session) error {
	s.family.open(func() { notify(c, s) })
	children, err := h.control.Children(ctx, s.device)
	for _, child := range children {
		if child.State != fleet.DeviceRejected {
			s.family.adopt(h.control, child.ID)
		}
	}
	return err
}

// Closed ends the presence of the device and of what is bound to it.
func (h *Handler) Closed(c *mqtt.Conn, reason error) {
	s := c.Value().(*session)
	if s.offline != nil {
		s.offline()
	}
	s.family.close()
	h.log.Debug("connection ended", "thing_key", s.key, "reason", reason)
}

// notify tells a device that its mailbox has something. A connection that is
// closing needs no telling: mail waits for the next.
func notify(c *mqtt.Conn, s *session) {
	body, err := json.Marshal(wire.Notify{SessionID: s.id, ThingKey: s.key})
	if err == nil {
		_ = c.Publish(wire.NotifyTopic, body)
	}
}

// Message answers a request, or takes a bare value. What a device says is
// dealt with to the end even when its connection ends meanwhile.
func (h *Handler) Message(ctx context.Context, c *mqtt.Conn, topic string, payload []byte) error {
	s := c.Value().(*session)
	t, err := wire.ParseTopic(topic)
	if err != nil {
		h.log.Debug("message dropped", "thing_key", s.key, "reason", err)
		return nil
	}
	if t.Noun != "" {
		return h.bareValue(context.WithoutCancel(ctx), s, t, string(payload))
	}
	request, failure := parseRequest(t, payload)
	switch {
	case failure != nil:
		h.reply(c.Reply, t, wire.Reply{Failure: failure})
	case s.user() && waits(request):
		h.runAside(ctx, c, t, request)
	default:
		h.answer(ctx, c, c.Reply, t, request)
	}
	return nil
}
