package wire

import "encoding/json"

// MailboxCheck is mailbox.check. A zero limit means all; AutoComplete completes
// a message by its delivery (TR50 1.7).
type MailboxCheck struct {
	AutoComplete Flag   `json:"autoComplete"`
	Limit        Number `json:"limit,omitempty"`
}

// Mailbox is the result of mailbox.check.
type Mailbox struct {
	Messages []Message `json:"messages"`
}

// MarshalJSON writes an empty mailbox as [], which clients rely on (TR50 1.8).
func (m Mailbox) MarshalJSON() ([]byte, error) {
	type plain Mailbox
	if m.Messages == nil {
		m.Messages = []Message{}
	}
	return Encode(plain(m))
}

// Message is one message of a mailbox. ID, ThingKey and Command are always
// there: libtr50 skips a message that lacks one (TR50 1.8).
type Message struct {
	ID       string          `json:"id"`
	ThingKey string          `json:"thingKey"`
	Command  string          `json:"command"`
	From     string          `json:"from,omitempty"`
	Params   json.RawMessage `json:"params,omitempty"`
}

// MethodCall is the parameters of a message whose command is method.exec.
type MethodCall struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params,omitempty"`
}

// MailboxAck is mailbox.ack, the device's answer to a message. An absent
// ErrorCode is success (TR50 1.7).
type MailboxAck struct {
	ID           string          `json:"id"`
	ErrorCode    Code            `json:"errorCode"`
	ErrorMessage Text            `json:"errorMessage"`
	Params       json.RawMessage `json:"params,omitempty"`
}

// MailboxUpdate is mailbox.update, progress before the acknowledgement.
type MailboxUpdate struct {
	ID  string `json:"id"`
	Msg Text   `json:"msg,omitempty"`
}

// MailboxSend is mailbox.send.
type MailboxSend struct {
	Thing
	SessionID string          `json:"sessionId,omitempty"`
	Command   string          `json:"command"`
	Params    json.RawMessage `json:"params,omitempty"`
	Singleton Flag            `json:"singleton,omitempty"`
	Waiting
}

// Waiting is how long a message and its sender wait (TR50 1.7).
type Waiting struct {
	// AckTimeout is how many seconds the sender waits for the acknowledgement, at
	// most 300; below 1 it does not. Nil means the server's default.
	AckTimeout *Number `json:"ackTimeout,omitempty"`
	// TTL is how many seconds the message is kept for a device that is away; -1
	// means for ever. Nil means AckTimeout.
	TTL *Number `json:"ttl,omitempty"`
}

// MethodExec is method.exec. ThingKey may be an "@alias".
type MethodExec struct {
	Thing
	Method string          `json:"method"`
	Params json.RawMessage `json:"params,omitempty"`
	// Parameters is what one client writes in place of Params (TR50 1.8).
	Parameters json.RawMessage `json:"parameters,omitempty"`
	Waiting
}

// Arguments are the method's parameters under either name.
func (m MethodExec) Arguments() json.RawMessage {
	if p := orNil(m.Params); p != nil {
		return p
	}
	return orNil(m.Parameters)
}

// MessageID is the result of method.exec and mailbox.send that do not wait.
type MessageID struct {
	ID string `json:"id"`
}

// NotifyTopic tells a device that its mailbox has something (TR50 1.3).
const NotifyTopic = "notify/mailbox_activity"

// Notify is the payload on NotifyTopic.
type Notify struct {
	SessionID string `json:"sessionId"`
	ThingKey  string `json:"thingKey"`
}
