package tr50

import (
	"context"
	"encoding/json"

	"github.com/sluicehq/sluice/device/tr50/wire"
)

// valueCommands are the commands that the topics of bare values stand for, and
// the parameter that the value is (TR50 1.3).
var valueCommands = map[wire.Noun]struct{ command, param string }{
	wire.NounProperty:  {wire.CommandPropertyPublish, "value"},
	wire.NounAttribute: {wire.CommandAttributePublish, "value"},
	wire.NounAlarm:     {wire.CommandAlarmPublish, "state"},
}

// bareValue takes a value from the topic of its key. It has no reply: one that
// cannot be read is dropped, one that cannot be stored ends the connection
// unacknowledged.
func (h *Handler) bareValue(ctx context.Context, s *session, t wire.Topic, value string) error {
	if s.user() {
		h.log.Debug("value of another thing dropped", "named", t.Thing)
		return nil
	}
	do := valueCommands[t.Noun]
	named := map[string]string{"key": t.Key, do.param: value}
	if t.Thing != wire.Self {
		named["thingKey"] = t.Thing
	}
	params, err := json.Marshal(named)
	if err != nil {
		return err
	}
	m := h.message(ctx, s)
	answer := m.run(ctx, []wire.Command{{Command: do.command, Params: params}})[0]
	switch {
	case answer.Failure == nil:
		m.offer(ctx)
	case answer.Failure.Code == wire.CodeUnavailable:
		return answer.Failure
	default:
		h.log.Debug("value dropped", "thing_key", s.key, "reason", answer.Failure)
	}
	return nil
}
