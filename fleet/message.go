package fleet

import (
	"encoding/json"
	"time"
)

// Message is an item in a device's mailbox (TR50 1.7). It stays until it is
// acknowledged or its time runs out; it is handed out once a session.
type Message struct {
	ID          string // 24 hexadecimal digits
	DeviceID    DeviceID
	DeviceKey   string
	ExecutionID ExecutionID // 0 for a method that belongs to no update
	Command     string      // "method.exec" mostly
	Params      json.RawMessage
	CreatedAt   time.Time
	ExpiresAt   time.Time // zero: kept until acknowledged
	Session     string    // the session that it was last handed to; "" for none
	Started     bool      // the device said that it works on it: not handed out again
	AckedAt     time.Time // zero until acknowledged
	Answer      Answer    // what the acknowledgement said
}

// Answer is a device's word on a message.
type Answer struct {
	ErrorCode    int             `json:"error_code"` // 0 is success
	ErrorMessage string          `json:"error_message,omitempty"`
	Params       json.RawMessage `json:"params,omitempty"`
}
