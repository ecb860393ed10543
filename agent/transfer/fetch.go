package transfer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sluicehq/sluice/agent/backoff"
)

// How much nonsense is borne before a transfer is given up.
const (
	maxBadAnswers = 10 // in one Run
	maxCorrupt    = 2  // complete contents with wrong checksums
)

// Defaults of Fetch.
const (
	defaultMinRate    = 512 // bytes per second
	defaultRateWindow = 30 * time.Second
)

// Sink takes the content. What it holds when a Fetch begins is the beginning
// of the content.
type Sink interface {
	// Offset is how many bytes are there.
	Offset() int64
	Write(p []byte) (int, error)
	// Reset throws everything away.
	Reset() error
	// Sums are the checksums of everything that is there.
	Sums() (Sums, error)
	// ETag is what SetETag kept with the bytes; "" is unknown.
	ETag() string
	SetETag(etag string) error
}

// Sums are the checksums of a content.
type Sums struct {
	CRC32  uint32
	SHA256 [32]byte
}

// Ticket is an address that the server gave out for one transfer.
type Ticket struct {
	URL string
	// Size is what the server says; CRC32 is nil when it says nothing.
	Size  int64
	CRC32 *uint32
}

// Error is a fault that no repetition mends.
type Error struct {
	Kind   Kind
	Reason string // a sentence
}

func (e *Error) Error() string { return e.Reason }

// Kind is what an Error is about.
type Kind int

// The kinds of errors.
const (
	Content Kind = iota // the server has something else than was announced
	Missing             // the server has nothing
	Local               // the sink cannot take it
)

// Fetch is one transfer.
type Fetch struct {
	Client *http.Client
	// Ticket asks the server for an address. Its *Error ends the transfer, any
	// other error is waited out.
	Ticket func(context.Context) (Ticket, error)
	Size   int64
	SHA256 [32]byte
	Sink   Sink

	Backoff backoff.Backoff
	// MinRate is how many bytes have to come in a second on the average of
	// RateWindow, the wait for the first byte included. Defaults: 512 bytes, 30 s.
	MinRate    int64
	RateWindow time.Duration
	// Note gets a sentence for each break; nil means nobody wants it.
	Note func(string)

	ticket  *Ticket
	bad     int
	corrupt int
}

// badAnswer is an answer that does not fit the request; it is asked again.
type badAnswer struct{ reason string }

func (b badAnswer) Error() string { return b.reason }

// busy is an answer that asks to wait.
type busy struct {
	status string
	after  time.Duration
}

func (b busy) Error() string { return "the server answered " + b.status }

var errTicketGone = errors.New("the server does not know the address any more")

// Run fetches until the content is complete and right.
func (f *Fetch) Run(ctx context.Context) error {
	f.withDefaults()
	for {
		had := f.Sink.Offset()
		err := f.step(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var final *Error
		if errors.As(err, &final) {
			return final
		}
		if f.Sink.Offset() > had {
			f.Backoff.Reset()
		}
		wait, err := f.judge(err)
		if err != nil {
			return err
		}
		if err := f.Backoff.Wait(ctx, wait); err != nil {
			return err
		}
	}
}

// judge decides what a break means: an error ends the transfer, otherwise it
// goes on after at least the wait.
func (f *Fetch) judge(err error) (time.Duration, error) {
	var bad badAnswer
	var wait busy
	switch {
	case errors.As(err, &bad):
		f.ticket = nil
		if f.bad++; f.bad >= maxBadAnswers {
			return 0, &Error{Content, fmt.Sprintf("the transfer was given up after %d wrong answers, the last one: %s", f.bad, bad.reason)}
		}
	case errors.Is(err, errTicketGone):
		f.ticket = nil
	case errors.As(err, &wait):
	}
	f.Note(fmt.Sprintf("the transfer broke at byte %d of %d: %v", f.Sink.Offset(), f.Size, err))
	return wait.after, nil
}

// step gets a ticket where there is none, makes one request where bytes are
// missing, and checks what is complete.
func (f *Fetch) step(ctx context.Context) error {
	if f.Sink.Offset() > f.Size {
		if err := f.reset(); err != nil {
			return err
		}
	}
	if f.ticket == nil {
		t, err := f.Ticket(ctx)
		if err != nil {
			return err
		}
		if t.Size != f.Size {
			return &Error{Content, fmt.Sprintf("the server has a file of %d bytes, the update announced %d", t.Size, f.Size)}
		}
		f.ticket = &t
	}
	if f.Sink.Offset() < f.Size {
		if err := f.request(ctx); err != nil {
			return err
		}
	}
	return f.check()
}

// check holds the checksums against the complete content.
func (f *Fetch) check() error {
	sums, err := f.Sink.Sums()
	if err != nil {
		return local(err)
	}
	var reason string
	switch crc := f.ticket.CRC32; {
	case sums.SHA256 != f.SHA256:
		reason = fmt.Sprintf("the content is corrupt: its SHA-256 is %x, the update announced %x", sums.SHA256, f.SHA256)
	case crc != nil && *crc != sums.CRC32:
		reason = fmt.Sprintf("the content is corrupt: its CRC-32 is %d, the server announced %d", sums.CRC32, *crc)
	default:
		return nil
	}
	if err := f.reset(); err != nil {
		return err
	}
	if f.corrupt++; f.corrupt >= maxCorrupt {
		return &Error{Content, reason}
	}
	f.ticket = nil
	return errors.New(reason)
}

func (f *Fetch) reset() error {
	if err := f.Sink.Reset(); err != nil {
		return local(err)
	}
	return nil
}

func local(err error) error {
	return &Error{Local, fmt.Sprintf("cannot keep the file: %v", err)}
}

func (f *Fetch) withDefaults() {
	if f.MinRate <= 0 {
		f.MinRate = defaultMinRate
	}
	if f.RateWindow <= 0 {
		f.RateWindow = defaultRateWindow
	}
	if f.Note == nil {
		f.Note = func(string) {}
	}
}
