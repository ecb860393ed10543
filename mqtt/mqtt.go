package mqtt

import (
	"context"
	"time"
)

// Connect is what a client says of itself in its CONNECT packet.
type Connect struct {
	// ClientID is never empty: a 3.1.1 client that sends none and asks for a
	// clean session gets a random one.
	ClientID string
	Username string
	// Password is nil when the packet has none. It may be kept.
	Password []byte
	Clean    bool
	// KeepAlive is the client's interval; 0 means it promises no sign of life.
	KeepAlive time.Duration
	// Level is 3 for MQTT 3.1, 4 for MQTT 3.1.1.
	Level byte
	// Remote is the address of the peer, host:port.
	Remote string
	// TLS tells that the connection to this process is encrypted.
	TLS bool
}

// Code is the return code of CONNACK (MQTT 3.1.1, table 3.1).
type Code byte

// The return codes of CONNACK.
const (
	Accepted      Code = 0
	BadLevel      Code = 1
	BadClientID   Code = 2
	Unavailable   Code = 3
	BadLogin      Code = 4
	NotAuthorised Code = 5
)

// String gives the words of the specification.
func (c Code) String() string {
	words := [...]string{"accepted", "unacceptable protocol level", "client id rejected",
		"server unavailable", "bad user name or password", "not authorised"}
	if int(c) < len(words) {
		return words[c]
	}
	return "reserved return code"
}

// Handler is the application behind a [Server]. Its methods are called from the
// goroutine of the connection, so they may block, and different connections call
// them in parallel. The context ends when the connection does, through Close and
// takeover too: what has to be finished all the same takes context.WithoutCancel.
type Handler interface {
	// Connect decides. It runs before CONNACK; the Conn is usable for Publish
	// only after Accepted. SetValue and Value work at once.
	Connect(ctx context.Context, c *Conn, in Connect) Code
	// Ready is called once for each accepted connection, after CONNACK was queued
	// as its first packet and before any Message.
	Ready(ctx context.Context, c *Conn)
	// Message runs in the connection's reader goroutine; payload is valid only
	// during the call. What it answers goes through Conn.Reply. PUBACK (QoS 1) is sent after it returns nil; an error
	// closes the connection without PUBACK.
	Message(ctx context.Context, c *Conn, topic string, payload []byte) error
	// Closed is called exactly once for each accepted connection, as the last
	// call for it. After a takeover it may come later than Ready of the
	// connection that took over: compare the Conn, not the client id.
	Closed(c *Conn, reason error)
}
