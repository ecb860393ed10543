package agent

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sluicehq/sluice/agent/backoff"
	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/device/tr50/wire"
)

var errNotConnected = errors.New("there is no connection to the server")

// uplink is the present link to the server, or the wait for the next one.
type uplink struct {
	retryCap time.Duration

	mu      sync.Mutex
	link    *link.Link
	changed chan struct{} // closed when link changes
}

func newUplink(retryCap time.Duration) *uplink {
	return &uplink{retryCap: retryCap, changed: make(chan struct{})}
}

// set makes l the present link; nil means that there is none.
func (u *uplink) set(l *link.Link) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.link = l
	close(u.changed)
	u.changed = make(chan struct{})
}

func (u *uplink) present() (*link.Link, <-chan struct{}) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.link, u.changed
}

// get waits for a link.
func (u *uplink) get(ctx context.Context) (*link.Link, error) {
	for {
		l, changed := u.present()
		if l != nil {
			return l, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// do repeats attempt until the server answers: nil, or a *wire.Error that another
// attempt would get again. Otherwise it ends with ctx only.
func (u *uplink) do(ctx context.Context, attempt func(*link.Link) error) error {
	wait := backoff.Backoff{Cap: u.retryCap, Base: min(time.Second, u.retryCap)}
	for {
		l, err := u.get(ctx)
		if err != nil {
			return err
		}
		if err = attempt(l); err == nil || settled(err) {
			return err
		}
		if err := wait.Wait(ctx, 0); err != nil {
			return err
		}
	}
}

// call is do for one command.
func (u *uplink) call(ctx context.Context, command string, params, result any) error {
	return u.do(ctx, func(l *link.Link) error { return l.Call(ctx, command, params, result) })
}

// try makes one attempt and only where there is a link now.
func (u *uplink) try(ctx context.Context, command string, params any) error {
	l, _ := u.present()
	if l == nil {
		return errNotConnected
	}
	return l.Call(ctx, command, params, nil)
}

// answered tells that an error is the server's answer, and that the link is
// therefore of use.
func answered(err error) bool {
	var refusal *wire.Error
	return errors.As(err, &refusal)
}

// settled tells that the server has answered and would answer the same again.
func settled(err error) bool {
	var refusal *wire.Error
	if !errors.As(err, &refusal) {
		return false
	}
	switch refusal.Code {
	case wire.CodeUnavailable, wire.CodeNotAuthenticated, wire.CodeNotAuthorised, wire.CodeTimedOut, 0:
		return false
	}
	return true
}

// notFound tells that the server does not know what was asked about.
func notFound(err error) bool {
	var refusal *wire.Error
	return errors.As(err, &refusal) && refusal.Code == wire.CodeNotFound
}
