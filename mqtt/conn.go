package mqtt

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"sync"
	"time"
)

// Conn is one connection of a client. Its methods are safe for concurrent use.
type Conn struct {
	server    *Server
	transport net.Conn
	ctx       context.Context // ends when closing is set
	cancel    context.CancelFunc

	mu       sync.Mutex
	queue    []byte // encoded packets that wait to be written; nil when idle
	inFlight int    // bytes the writer is writing
	writing  bool   // a writer goroutine runs
	ready    bool   // CONNACK is queued
	closing  bool
	draining bool  // Shutdown asked the reader to end after its message
	reason   error // why it is closing
	value    any
}

// Publish sends a message at QoS 0. It copies the payload and never blocks: when
// the client's queue is full, the connection is closed with ErrQueueFull. A nil
// error means queued, not received.
func (c *Conn) Publish(topic string, payload []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.enqueue(topic, payload)
	if err == nil {
		c.startWriter()
	}
	return err
}

// Reply is Publish for the goroutine of [Handler.Message]: the message leaves
// together with the acknowledgement, when Message has returned.
func (c *Conn) Reply(topic string, payload []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.enqueue(topic, payload)
}

// enqueue queues a message. The caller holds mu.
func (c *Conn) enqueue(topic string, payload []byte) error {
	if topic == "" || len(topic) > math.MaxUint16 {
		return fmt.Errorf("cannot publish: a topic has 1 to %d bytes, this one has %d", math.MaxUint16, len(topic))
	}
	if !c.ready || c.closing {
		return ErrNotConnected
	}
	const overhead = 7 // type, length, topic length
	if c.inFlight+len(c.queue)+overhead+len(topic)+len(payload) > c.server.limits.QueueBytes {
		c.abort(ErrQueueFull)
		return ErrQueueFull
	}
	c.queue = appendPublish(c.space(), topic, payload)
	return nil
}

// Close ends the connection; what is queued is written first. The first reason
// is the one that [Handler.Closed] gets. Close does not wait.
func (c *Conn) Close(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	c.end(reason)
	c.startWriter() // it closes the transport when the queue is empty
}

// SetValue keeps a value of the application with the connection.
func (c *Conn) SetValue(v any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.value = v
}

// Value is what SetValue kept, nil before.
func (c *Conn) Value() any {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value
}

// answer queues a packet of the protocol itself, for the next flush. A client
// that floods us with packets that want an answer and reads none is held up by
// that, and closed when it takes longer than the write timeout.
func (c *Conn) answer(encode func([]byte) []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	if c.inFlight+len(c.queue) > c.server.limits.QueueBytes {
		c.abort(ErrQueueFull)
		return
	}
	c.queue = encode(c.space())
}

// accept makes CONNACK the first packet and allows Publish after it.
func (c *Conn) accept() {
	c.answer(func(b []byte) []byte {
		c.ready = true
		return appendConnack(b, Accepted)
	})
	c.flush()
}

// drain asks the reader to end the connection once it is between two packets.
func (c *Conn) drain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.draining = true
	_ = c.transport.SetReadDeadline(past)
}

// awaitPacket sets the deadline for the next packet. It fails when no packet
// shall be read any more.
func (c *Conn) awaitPacket(deadline time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if reason := c.ending(); reason != nil {
		return reason
	}
	return c.transport.SetReadDeadline(deadline)
}

// ending is why no packet shall be read any more, or nil. The caller holds mu.
func (c *Conn) ending() error {
	switch {
	case c.closing:
		return c.reason
	case c.draining:
		return ErrShutdown
	}
	return nil
}

// cut closes without writing what is queued.
func (c *Conn) cut(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		_ = c.transport.SetWriteDeadline(past)
		return
	}
	c.abort(reason)
}

// abort closes without writing what is queued. The caller holds mu.
func (c *Conn) abort(reason error) {
	c.end(reason)
	c.queue = nil
	_ = c.transport.SetWriteDeadline(past) // ends a write that hangs
	c.startWriter()
}

// end marks the connection as closing. The caller holds mu.
func (c *Conn) end(reason error) {
	c.closing = true
	c.reason = reason
	c.cancel()
}

// past is a deadline that is over.
var past = time.Unix(1, 0)

func (c *Conn) startWriter() {
	if !c.writing {
		c.writing = true
		c.server.running.Go(c.write)
	}
}

// flush writes what is queued, in the goroutine of the reader: it has nothing
// better to do, and a goroutine for each answer would cost more than the write.
func (c *Conn) flush() {
	c.mu.Lock()
	mine := !c.writing && len(c.queue) > 0
	c.writing = c.writing || mine
	c.mu.Unlock()
	if mine {
		c.write()
	}
}

// write runs while there is something to write, and closes the transport at the
// end of a closing connection. There is at most one at a time.
func (c *Conn) write() {
	for {
		buf, closing := c.nextWrite()
		if closing {
			_ = c.transport.Close() // TLS: sends close_notify (TR50 1.1 point 7)
			return
		}
		if buf == nil {
			return
		}
		_, err := c.transport.Write(buf)
		recycle(buf)
		c.wrote(err)
	}
}

// nextWrite takes what is queued. With nothing queued it tells whether the
// connection is closing.
func (c *Conn) nextWrite() (buf []byte, closing bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) > 0 {
		buf = c.queue
		c.queue, c.inFlight = nil, len(buf)
		_ = c.transport.SetWriteDeadline(c.server.Now().Add(c.server.limits.WriteTimeout))
		return buf, false
	}
	// At the end writing stays true: nothing starts another writer.
	c.writing = c.closing
	return nil, c.closing
}

func (c *Conn) wrote(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight = 0
	if err == nil {
		return
	}
	c.queue = nil
	if c.closing {
		return
	}
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		c.end(ErrSlow)
		return
	}
	c.end(fmt.Errorf("%w: %v", ErrLost, err))
}

// reasonEnding is ending for callers that do not hold mu.
func (c *Conn) reasonEnding() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ending()
}

// buffers holds queues that were written. Large ones are left to the collector.
var buffers = sync.Pool{New: func() any {
	b := make([]byte, 0, 512)
	return &b
}}

const recycleBytes = 16 << 10

// space is the queue to append to. The caller holds mu.
func (c *Conn) space() []byte {
	if c.queue == nil {
		c.queue = (*buffers.Get().(*[]byte))[:0]
	}
	return c.queue
}

func recycle(b []byte) {
	if cap(b) <= recycleBytes {
		buffers.Put(&b)
	}
}
