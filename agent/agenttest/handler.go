package agenttest

import (
	"context"
	"slices"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/mqtt"
)

// handler is the Peer's side of MQTT.
type handler struct{ p *Peer }

func (h handler) Connect(_ context.Context, c *mqtt.Conn, in mqtt.Connect) mqtt.Code {
	h.p.mu.Lock()
	defer h.p.mu.Unlock()
	if h.p.refuse != 0 {
		return h.p.refuse
	}
	h.p.sessions++
	c.SetValue(session{h.p.sessions, in.Username})
	return mqtt.Accepted
}

type session struct {
	number int
	key    string
}

func (h handler) Ready(_ context.Context, c *mqtt.Conn) {
	h.p.mu.Lock()
	h.p.conns = append(h.p.conns, c)
	h.p.note()
	h.p.mu.Unlock()
}

func (h handler) Closed(c *mqtt.Conn, _ error) {
	h.p.mu.Lock()
	defer h.p.mu.Unlock()
	h.p.conns = slices.DeleteFunc(h.p.conns, func(other *mqtt.Conn) bool { return other == c })
}

func (h handler) Message(_ context.Context, c *mqtt.Conn, topic string, payload []byte) error {
	t, err := wire.ParseTopic(topic)
	if err != nil {
		return err
	}
	request, err := wire.ParseRequest(payload)
	if err != nil {
		return err
	}
	var reply wire.Reply
	for _, command := range request.Commands {
		answer, lost := h.p.answer(c.Value().(session), command)
		if lost {
			return nil
		}
		reply.Answers = append(reply.Answers, answer)
	}
	out, err := reply.Encode()
	if err != nil {
		return err
	}
	return c.Publish(t.ReplyTopic(), out)
}

func (p *Peer) answer(s session, c wire.Command) (a wire.Answer, lost bool) {
	heard := Heard{Command: c.Command, Params: slices.Clone(c.Params), Session: s.number}
	p.mu.Lock()
	before := p.before
	p.mu.Unlock()
	if before != nil && !before(heard) {
		return a, true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.note()
	p.heard = append(p.heard, heard)
	result, failure := p.do(s, heard)
	if failure != nil {
		return wire.Fail(c.ID, failure.Code, failure.Message), false
	}
	a, err := wire.OK(c.ID, result)
	if err != nil {
		return wire.Fail(c.ID, wire.CodeBadRequest, err.Error()), false
	}
	return a, false
}

// do deals with a command; p.mu is held.
func (p *Peer) do(s session, h Heard) (any, *wire.Error) {
	switch h.Command {
	case wire.CommandMailboxCheck:
		return p.check(s), nil
	case wire.CommandMailboxUpdate:
		var u wire.MailboxUpdate
		l, failure := p.own(h, &u, &u.ID)
		if failure == nil {
			l.started = true
		}
		return nil, failure
	case wire.CommandMailboxAck:
		var a wire.MailboxAck
		l, failure := p.own(h, &a, &a.ID)
		if failure == nil {
			l.started, l.acks = true, append(l.acks, a)
		}
		return nil, failure
	case wire.CommandFileGet:
		return p.ticket(h)
	case wire.CommandFilePut:
		var put wire.FilePut
		if err := wire.Decode(h.Params, &put); err != nil {
			return nil, &wire.Error{Code: wire.CodeBadParameter, Message: err.Error()}
		}
		return wire.FileID{FileID: p.newTicket(put.FileName)}, nil
	}
	return nil, nil
}

func (p *Peer) own(h Heard, into any, id *string) (*letter, *wire.Error) {
	if err := wire.Decode(h.Params, into); err != nil {
		return nil, &wire.Error{Code: wire.CodeBadParameter, Message: err.Error()}
	}
	l := p.letter(*id)
	if l == nil {
		return nil, &wire.Error{Code: wire.CodeNotFound, Message: "Message " + *id + " not found"}
	}
	return l, nil
}

func (p *Peer) check(s session) wire.Mailbox {
	var box wire.Mailbox
	for _, l := range p.mail {
		if l.message.ThingKey == s.key && !l.started && l.session != s.number {
			l.session = s.number
			box.Messages = append(box.Messages, l.message)
		}
	}
	return box
}
