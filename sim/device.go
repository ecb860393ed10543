package sim

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/sluicehq/sluice/agent/backoff"
	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/agent/transfer"
	"github.com/sluicehq/sluice/device/tr50/wire"
)

// Outcome is how a device's updates end.
type Outcome string

// The outcomes.
const (
	Succeed  Outcome = "succeeded"
	Fail     Outcome = "failed"
	RollBack Outcome = "rolled_back"
	Refuse   Outcome = "refused" // after the transfer, before the installation
	// Silent begins the installation and says nothing more.
	Silent Outcome = "silent"
)

// Options say what a device is and does. URLs, Key, Token and Now are required.
type Options struct {
	ServerURL string // http(s)://host:8080
	MQTTURL   string // mqtt(s)://host:1883
	Key       string
	Token     string
	AppID     string // default random
	RootCAs   *x509.CertPool
	Now       func() time.Time

	Kind         string // default gateway
	Model        string // default sim
	OS           string // default linux
	OSVersion    string // default 1
	Architecture string // default amd64
	Version      string // default 1.0
	JetPorch     bool   // it says that it can run JetPorch scripts

	Period     time.Duration // of telemetry, default 1 h
	KeepAlive  time.Duration // of MQTT, default 60 s
	RetryCap   time.Duration // longest wait before another attempt, default 1 min
	InstallFor time.Duration // how long an installation takes

	Outcome Outcome // default Succeed
	Reason  string  // the sentence of an outcome that is not good
	// CutAfter breaks the first transfer after so many bytes, and the
	// connection with it; 0 does not.
	CutAfter int64
	// Duplicate sends every report of progress and every final report twice.
	Duplicate bool

	// Client is for downloads; nil makes one for this device, or for the fleet.
	Client *http.Client
	// Done is told the outcome after the server has taken the final report.
	Done func(key string, o Outcome)
}

// Device is one simulated device.
type Device struct {
	options Options
	tasks   []*task
	done    map[string]*task // reported, by message id
	version map[string]string

	connected atomic.Bool
	contacts  atomic.Int64
}

// maxDone bounds the reports that a device remembers.
const maxDone = 16

// New makes a device; Run brings it to life.
func New(o Options) *Device {
	for _, f := range []struct {
		value *string
		or    string
	}{
		{&o.Kind, "gateway"}, {&o.Model, "sim"}, {&o.OS, "linux"}, {&o.OSVersion, "1"}, {&o.Architecture, "amd64"}, {&o.Version, "1.0"},
		{&o.AppID, randomID()}, {(*string)(&o.Outcome), string(Succeed)},
	} {
		if *f.value == "" {
			*f.value = f.or
		}
	}
	if o.Period <= 0 {
		o.Period = time.Hour
	}
	if o.RetryCap <= 0 {
		o.RetryCap = time.Minute
	}
	if o.Client == nil {
		o.Client = transfer.NewClient(o.RootCAs)
	}
	if o.CutAfter > 0 {
		o.Client = &http.Client{CheckRedirect: o.Client.CheckRedirect, Transport: &cutter{base: o.Client.Transport, after: o.CutAfter}}
	}
	return &Device{options: o, done: map[string]*task{}, version: map[string]string{}}
}

// randomID has 128 bits.
func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails
	return "sim-" + hex.EncodeToString(b[:])
}

// Connected tells whether the server has let the device in.
func (d *Device) Connected() bool { return d.connected.Load() }

// Contacts counts the telemetry messages that the server has answered.
func (d *Device) Contacts() int64 { return d.contacts.Load() }

// Run lives until ctx ends.
func (d *Device) Run(ctx context.Context) {
	d.run(ctx, make(chan struct{}, 1))
	d.options.Client.CloseIdleConnections()
}

// run connects only while it holds a place in connecting, so that a fleet does
// not come all at once.
func (d *Device) run(ctx context.Context, connecting chan struct{}) {
	wait := backoff.Backoff{Base: min(time.Second, d.options.RetryCap), Cap: d.options.RetryCap}
	for ctx.Err() == nil {
		l, err := d.dial(ctx, connecting)
		if err == nil {
			d.connected.Store(true)
			wait.Reset()
			_ = d.serve(ctx, l) // a lost link; the next one goes on
			d.connected.Store(false)
			if ctx.Err() == nil {
				l.Drop()
			} else {
				l.Close()
			}
		}
		if wait.Wait(ctx, 0) != nil {
			return
		}
	}
}

func (d *Device) dial(ctx context.Context, connecting chan struct{}) (*link.Link, error) {
	select {
	case connecting <- struct{}{}:
		defer func() { <-connecting }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	o := d.options
	return link.Dial(ctx, link.Config{URL: o.MQTTURL, ThingKey: o.Key, AppID: o.AppID, Token: o.Token,
		RootCAs: o.RootCAs, KeepAlive: o.KeepAlive})
}

// serve uses a link until it is lost.
func (d *Device) serve(ctx context.Context, l *link.Link) error {
	if err := d.introduce(ctx, l); err != nil && !answered(err) {
		return err
	}
	ticker := time.NewTicker(d.options.Period)
	defer ticker.Stop()
	if err := d.contact(ctx, l); err != nil {
		return err
	}
	for {
		if err := d.takeMail(ctx, l); err != nil {
			return err
		}
		if err := d.work(ctx, l); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.Done():
			return l.Err()
		case <-l.Mail():
		case <-ticker.C:
			if err := d.contact(ctx, l); err != nil {
				return err
			}
		}
	}
}

// answered tells that an error is the server's answer and not the loss of the link.
func answered(err error) bool {
	var refusal *wire.Error
	return errors.As(err, &refusal)
}
