package link

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicehq/sluice/device/tr50/wire"
)

// The reasons a link ends for, beside the faults of the connection.
var (
	ErrClosed = errors.New("the link was closed")
	ErrSilent = errors.New("the server has been silent for too long")
	ErrSlow   = errors.New("the server reads too slowly")
)

// Link is one connection of a device. Its methods are safe for concurrent use.
type Link struct {
	config Config
	conn   net.Conn
	mail   chan struct{}
	done   chan struct{} // closed by the reader, after everything else
	ended  chan struct{} // closed by the first fail

	writing sync.Mutex
	heard   atomic.Bool // a packet came since the last tick
	silence int         // ticks without one; of the ticker's goroutine alone

	mu      sync.Mutex
	reason  error
	next    uint64
	waiting map[string]chan wire.Reply
	ticker  *time.Timer
}

func start(conn net.Conn, r *bufio.Reader, c Config) *Link {
	l := &Link{
		config: c, conn: conn, waiting: map[string]chan wire.Reply{},
		mail: make(chan struct{}, 1), done: make(chan struct{}), ended: make(chan struct{}),
	}
	l.mu.Lock()
	l.ticker = time.AfterFunc(c.KeepAlive/2, l.tick)
	l.mu.Unlock()
	go l.read(r)
	return l
}

// Mail gets a value when the server says that mail waits. Several notices
// before it is read are one.
func (l *Link) Mail() <-chan struct{} { return l.mail }

// Done is closed when the link has ended; Err then says why.
func (l *Link) Done() <-chan struct{} { return l.done }

// Err is nil before the end of the link.
func (l *Link) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reason
}

// Close takes leave of the server, ends the link and waits for its goroutine.
func (l *Link) Close() {
	if l.Err() == nil {
		_ = l.write(encode(typeDisconnect<<4, nil))
	}
	l.fail(ErrClosed)
	<-l.done
}

// Drop ends the link without taking leave, as a lost network does.
func (l *Link) Drop() {
	l.fail(ErrClosed)
	<-l.done
}

// Do sends commands in one message and returns the answers in the order of the
// server. A refusal of the whole message is a *wire.Error; any other error means
// that the link is lost, or ctx or CallTimeout ended, and that nothing is known.
func (l *Link) Do(ctx context.Context, commands ...wire.Command) ([]wire.Answer, error) {
	payload, err := wire.NewRequest(commands...).Encode()
	if err != nil {
		return nil, err
	}
	suffix, answered := l.expect()
	defer l.forget(suffix)
	if err := l.write(encodePublish(wire.RequestTopic(suffix), payload)); err != nil {
		return nil, fmt.Errorf("cannot send to the server: %w", err)
	}
	timer := time.NewTimer(l.config.CallTimeout)
	defer timer.Stop()
	select {
	case reply := <-answered:
		if reply.Failure != nil {
			return nil, reply.Failure
		}
		return reply.Answers, nil
	case <-l.ended:
		return nil, fmt.Errorf("no answer from the server: %w", l.Err())
	case <-timer.C:
		return nil, fmt.Errorf("no answer from the server within %s", l.config.CallTimeout)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Call sends one command and reads its result into result, which may be nil. A
// failure that the server answers is a *wire.Error.
func (l *Link) Call(ctx context.Context, command string, params, result any) error {
	c, err := wire.NewCommand("1", command, params)
	if err != nil {
		return err
	}
	answers, err := l.Do(ctx, c)
	if err != nil {
		return err
	}
	for _, a := range answers {
		if a.ID != c.ID {
			continue
		}
		if a.Failure != nil || result == nil {
			return a.Err()
		}
		return wire.Decode(a.Params, result)
	}
	return fmt.Errorf("the server did not answer %s", command)
}

func (l *Link) expect() (string, chan wire.Reply) {
	answered := make(chan wire.Reply, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	suffix := strconv.FormatUint(l.next, 10)
	l.waiting[suffix] = answered
	return suffix, answered
}

func (l *Link) forget(suffix string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.waiting, suffix)
}

// fail ends the link for the first reason given.
func (l *Link) fail(reason error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reason != nil {
		return
	}
	l.reason = reason
	l.ticker.Stop()
	close(l.ended)
	l.conn.Close()
}

func (l *Link) write(p []byte) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.Err(); err != nil {
		return err
	}
	stuck := time.AfterFunc(l.config.WriteTimeout, func() { l.fail(ErrSlow) })
	defer stuck.Stop()
	if _, err := l.conn.Write(p); err != nil {
		l.fail(err)
		return l.Err()
	}
	return nil
}

// tick runs twice in a keep-alive: it sends a PINGREQ and ends a link on which
// nothing came for three ticks.
func (l *Link) tick() {
	if l.heard.Swap(false) {
		l.silence = 0
	} else if l.silence++; l.silence >= 3 {
		l.fail(ErrSilent)
		return
	}
	if err := l.write(encode(typePingreq<<4, nil)); err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reason == nil {
		l.ticker.Reset(l.config.KeepAlive / 2)
	}
}
