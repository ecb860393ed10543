package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/sluicehq/sluice/agent/backoff"
	"github.com/sluicehq/sluice/agent/fact"
	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/agent/transfer"
	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// refusedCap bounds the wait after the server has refused the device: that
// takes a person to mend.
const refusedCap = 5 * time.Minute

const defaultRetryCap = time.Minute

// Options are what the program chooses. Everything but Version is required.
type Options struct {
	Layout     Layout
	Now        func() time.Time
	Logger     *slog.Logger
	Executable string // this program; it is started as "install --job DIR"
	Version    string // of this program
}

// Runtime is the agent at work. There is one in a data folder.
type Runtime struct {
	Options
	config Configuration
	trust  sup.Trust
	link   link.Config
	client *http.Client
	up     *uplink
	queue  *queue
	facts  *fact.Reader
	stale  chan struct{} // attributes may have changed
	lock   *job.Lock

	published map[string]string // attributes that the server has
}

// New opens the data folder. Close gives it up.
func New(o Options) (*Runtime, error) {
	config, err := Load(o.Layout)
	if err != nil {
		return nil, err
	}
	if err := o.Layout.Make(); err != nil {
		return nil, err
	}
	lock, err := job.TakeLock(o.Layout.lock())
	if errors.Is(err, job.ErrLocked) {
		return nil, fmt.Errorf("cannot run: another sluice-agent runs on %s", o.Layout)
	}
	if err != nil {
		return nil, err
	}
	r := &Runtime{Options: o, config: config, lock: lock, stale: make(chan struct{}, 1),
		up: newUplink(config.retryCap()), facts: fact.NewReader(config.Root), published: map[string]string{}}
	if err := r.open(); err != nil {
		lock.Release()
		return nil, err
	}
	return r, nil
}

func (r *Runtime) open() (err error) {
	if r.trust, err = r.config.trust(); err != nil {
		return err
	}
	if r.link, err = r.config.linkConfig(); err != nil {
		return err
	}
	r.client = transfer.NewClient(r.link.RootCAs)
	queue, problems, err := openQueue(r.Layout.Jobs())
	if err == nil {
		problems = append(problems, queue.tidy(r.Layout.State()))
	}
	for _, p := range problems {
		if p != nil {
			r.Logger.Error(p.Error())
		}
	}
	r.queue = queue
	return err
}

// Close gives the data folder up.
func (r *Runtime) Close() {
	r.client.CloseIdleConnections()
	r.lock.Release()
}

// Run works until ctx ends. An installer that it has started goes on.
func (r *Runtime) Run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { r.stayConnected(ctx) })
	wg.Go(func() { r.work(ctx) })
	wg.Wait()
}

// stayConnected dials, serves the link until it ends, and dials again.
func (r *Runtime) stayConnected(ctx context.Context) {
	retryCap := r.config.retryCap()
	wait := r.config.spacing()
	refused := backoff.Backoff{Base: min(10*time.Second, retryCap), Cap: max(refusedCap, retryCap)}
	if retryCap < time.Second {
		refused.Cap = retryCap
	}
	for ctx.Err() == nil {
		l, err := link.Dial(ctx, r.link)
		if err == nil {
			r.Logger.Info("connected", "server", r.link.URL)
			wait.Reset()
			refused.Reset()
			r.serve(ctx, l)
			err = l.Err()
		}
		if ctx.Err() != nil {
			return
		}
		r.Logger.Warn("not connected", "reason", err.Error())
		spacing := &wait
		var refusal link.Refusal
		if errors.As(err, &refusal) {
			spacing = &refused
		}
		_ = spacing.Wait(ctx, 0)
	}
}

// serve uses a link until it or ctx ends.
func (r *Runtime) serve(ctx context.Context, l *link.Link) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { r.takeMail(ctx, l) })
	wg.Go(func() { r.publish(ctx, l) })
	r.up.set(l)
	select {
	case <-l.Done():
	case <-ctx.Done():
	}
	r.up.set(nil)
	cancel()
	l.Close()
	wg.Wait()
}

// spacing is the backoff of anything that is tried again.
func (c Configuration) spacing() backoff.Backoff {
	return backoff.Backoff{Base: min(time.Second, c.retryCap()), Cap: c.retryCap()}
}

func (c Configuration) retryCap() time.Duration {
	if c.RetryCap > 0 {
		return time.Duration(c.RetryCap)
	}
	return defaultRetryCap
}

func (c Configuration) trust() (sup.Trust, error) {
	keys, err := job.Job{ID: "trust", TrustKeys: c.TrustKeys}.Keys()
	if err != nil {
		return sup.Trust{}, fmt.Errorf("cannot use the trusted keys: %w", err)
	}
	return sup.Trust{Keys: keys, Threshold: c.Threshold}, nil
}
