package tr50

import (
	"context"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/mqtt"
)

func parseRequest(t wire.Topic, payload []byte) (wire.Request, *wire.Error) {
	if t.Compressed {
		var err error
		if payload, err = wire.Inflate(payload, maxMessage); err != nil {
			return wire.Request{}, &wire.Error{Code: wire.CodeBadRequest, Message: err.Error()}
		}
	}
	request, err := wire.ParseRequest(payload)
	if err != nil {
		return wire.Request{}, &wire.Error{Code: wire.CodeBadRequest, Message: err.Error()}
	}
	return request, nil
}

// send is how a reply leaves: Reply of the connection where its message is
// being handled, Publish where the reply comes later.
type send func(topic string, payload []byte) error

// answer runs a request, replies, and then gives the device what waits for it.
func (h *Handler) answer(ctx context.Context, c *mqtt.Conn, to send, t wire.Topic, request wire.Request) {
	s := c.Value().(*session)
	work := context.WithoutCancel(ctx)
	m, failure := h.begin(work, ctx, s)
	if failure != nil {
		h.reply(to, t, wire.Reply{Failure: failure})
		return
	}
	answers := m.run(work, request.Commands)
	if m.pending() {
		to = c.Publish // the offer takes a while
	}
	h.reply(to, t, wire.Reply{Answers: answers})
	if m.moreMail {
		notify(c, s)
	}
	m.offer(work)
}

// runAside answers a request that waits for a device, while the connection
// goes on. The number of such requests is bounded; they end with their
// connection.
func (h *Handler) runAside(ctx context.Context, c *mqtt.Conn, t wire.Topic, request wire.Request) {
	if !h.acquireWait() {
		h.reply(c.Reply, t, wire.Refuse(wire.CodeUnavailable, "too many requests wait for devices; try again later"))
		return
	}
	h.aside.Go(func() {
		defer h.releaseWait()
		h.answer(ctx, c, c.Publish, t, request)
	})
}

// reply publishes a reply on the topic that belongs to the request, the suffix
// kept to the letter (TR50 1.3).
func (h *Handler) reply(to send, t wire.Topic, r wire.Reply) {
	body := h.encode(r)
	if t.Compressed {
		body = wire.Deflate(body)
	}
	_ = to(t.ReplyTopic(), body) // a client that is gone needs no reply
}

const tooLarge = "the reply would have more than 900 KiB; ask for less in one message"

// encode writes a reply. One that no client's queue would hold is refused.
func (h *Handler) encode(r wire.Reply) []byte {
	body, err := r.Encode()
	switch {
	case err != nil:
		h.log.Error("cannot encode a reply", "error", err)
		body, _ = wire.Refuse(wire.CodeUnavailable, "internal error").Encode()
	case len(body) > maxReply:
		body, _ = wire.Refuse(wire.CodeLimit, tooLarge).Encode()
	}
	return body
}
