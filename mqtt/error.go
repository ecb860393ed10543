package mqtt

import (
	"errors"
	"fmt"
)

// The reasons a connection ends for, as [Handler.Closed] gets them. A malformed
// packet gives an error that matches ErrMalformed.
var (
	ErrDisconnected = errors.New("the client disconnected")
	ErrLost         = errors.New("the connection was lost without DISCONNECT")
	ErrSilent       = errors.New("the client was silent for longer than its keep-alive allows")
	ErrTakenOver    = errors.New("the same user and client id connected again")
	ErrQueueFull    = errors.New("the client reads too slowly: its queue is full")
	ErrSlow         = errors.New("the client reads too slowly: a write timed out")
	ErrShutdown     = errors.New("the server shuts down")
	ErrMalformed    = errors.New("malformed packet")
	// ErrNotConnected is what Publish answers before Accepted and after the end.
	ErrNotConnected = errors.New("cannot publish: the client is not connected")
)

// ErrServerClosed is returned by Serve after Shutdown.
var ErrServerClosed = errors.New("the MQTT server was shut down")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}
