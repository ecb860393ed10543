package mqtt

import "time"

// Limits bound what one client can make the server hold or wait for. A zero
// field means its default.
type Limits struct {
	// PacketBytes is the largest packet of an accepted client, without its fixed
	// header. Default 1 MiB.
	PacketBytes int
	// ConnectBytes is the largest first packet. Default 16 KiB.
	ConnectBytes int
	// StringBytes is the longest client id, user name, topic and topic filter.
	// Default 1024 bytes.
	StringBytes int
	// QueueBytes is how much may wait to be written to one client, and with that the
	// largest message to it. Default 1 MiB, at most what one packet can hold.
	QueueBytes int
	// Connections is how many may be open, those before CONNECT included.
	// Default 0: no limit of ours.
	Connections int
	// ConnectTimeout is the time from accept to a complete CONNECT, the TLS
	// handshake included. Default 10 s.
	ConnectTimeout time.Duration
	// WriteTimeout is the time one write may take. Default 10 s.
	WriteTimeout time.Duration
	// Silence is how long a client that sent keep-alive 0 may be silent.
	// Default 20 min. Others may be silent for twice their interval (TR50 1.1 point 5).
	Silence time.Duration
	// MessagesPerSecond slows a client that publishes faster: its next packet is
	// read later. Default 0: no limit.
	MessagesPerSecond float64
	// MessageBurst is how many messages may come at once under
	// MessagesPerSecond. Default 100.
	MessageBurst int
}

const (
	keepAliveFactor = 2
	maxLength       = 1<<28 - 1 // of a packet: MQTT 3.1.1, 2.2.3
)

func (l Limits) withDefaults() Limits {
	setDefault(&l.PacketBytes, 1<<20)
	setDefault(&l.ConnectBytes, 16<<10)
	setDefault(&l.StringBytes, 1024)
	setDefault(&l.QueueBytes, 1<<20)
	setDefault(&l.ConnectTimeout, 10*time.Second)
	setDefault(&l.WriteTimeout, 10*time.Second)
	setDefault(&l.Silence, 20*time.Minute)
	setDefault(&l.MessageBurst, 100)
	l.QueueBytes = min(l.QueueBytes, maxLength)
	return l
}

func setDefault[T int | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// silence is how long a client with this keep-alive interval may say nothing.
func (l Limits) silence(keepAlive time.Duration) time.Duration {
	if keepAlive == 0 {
		return l.Silence
	}
	return keepAliveFactor * keepAlive
}
