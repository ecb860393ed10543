package app

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sluicehq/sluice/blob/diskblob"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50"
	"github.com/sluicehq/sluice/internal/clock"
	"github.com/sluicehq/sluice/mqtt"
	"github.com/sluicehq/sluice/store/sqlstore"
	"github.com/sluicehq/sluice/sup"
)

// shutdownTime is how long requests under way may take after the end is
// asked for.
const shutdownTime = 5 * time.Second

// How fast one device may speak: one that floods is slowed and does not fill
// the disk of all, one that tells what it gathered while it was away is not.
const (
	maxMessagesPerSecond = 100
	maxMessageBurst      = 1000
)

// Server is an opened server.
type Server struct {
	Control *control.Control
	// Signer signs what the owner builds on this machine.
	Signer sup.Signer
	// Password is the first administrator's, on the first start only.
	Password string

	config    Config
	lock      *os.File
	store     control.Store
	tr50      *tr50.Handler
	mqtt      *mqtt.Server
	http      *http.Server
	listeners listeners
}

// listeners are what the server accepts connections on; those with TLS may
// be nil.
type listeners struct{ http, https, mqtt, mqtts net.Listener }

// Open opens store and blobs, makes keys and the first administrator where
// there are none, and listens. Nothing is served before Run.
func Open(ctx context.Context, c Config) (_ *Server, err error) {
	c = c.withDefaults(clock.System)
	if err := c.validate(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the data folder: %w", err)
	}
	s := &Server{config: c}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.lock, err = lock(c.Data); err != nil {
		return nil, err
	}
	key, err := signingKey(c.Data)
	if err != nil {
		return nil, err
	}
	s.Signer = sup.NewSigner(key)
	trusted, err := trust(key, c)
	if err != nil {
		return nil, err
	}
	store, err := sqlstore.Open(ctx, c.Database, sqlstore.Options{})
	if err != nil {
		return nil, err
	}
	s.store = store
	blobs, err := openBlobs(c)
	if err != nil {
		return nil, err
	}
	s.Control = control.New(control.Options{Store: s.store, Blobs: blobs, Now: c.Now, Trust: trusted, Signer: s.Signer})
	if s.Password, err = s.Control.FirstAdministrator(ctx); err != nil {
		return nil, err
	}
	return s, s.listen()
}

func openBlobs(c Config) (control.Blobs, error) {
	dir, ok := strings.CutPrefix(c.Blobs, "file:")
	if !ok {
		return nil, fmt.Errorf("cannot open blobs %q: this server keeps them as file:DIR", c.Blobs)
	}
	return diskblob.Open(filepath.Clean(dir))
}

// listen opens every port, so that a wrong address is an error of Open.
func (s *Server) listen() error {
	s.tr50 = tr50.New(tr50.Options{Control: s.Control, Logger: s.config.Logger,
		RequestsPerSecond: maxMessagesPerSecond, RequestBurst: maxMessageBurst})
	s.mqtt = &mqtt.Server{Handler: s.tr50, Logger: s.config.Logger, Now: s.config.Now,
		Limits: mqtt.Limits{Connections: s.config.Connections, MessagesPerSecond: maxMessagesPerSecond, MessageBurst: maxMessageBurst}}
	var secure *tls.Config
	if s.config.TLSCert != "" {
		pair, err := tls.LoadX509KeyPair(s.config.TLSCert, s.config.TLSKey)
		if err != nil {
			return fmt.Errorf("cannot read the TLS certificate: %w", err)
		}
		secure = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	for _, l := range []struct {
		to      *net.Listener
		address string
		tls     *tls.Config
	}{
		{&s.listeners.http, s.config.Listen, nil},
		{&s.listeners.mqtt, s.config.MQTT, nil},
		{&s.listeners.https, s.config.HTTPS, secure},
		{&s.listeners.mqtts, s.config.MQTTS, secure},
	} {
		if l.address == "" {
			continue
		}
		listener, err := net.Listen("tcp", l.address)
		if err != nil {
			return fmt.Errorf("cannot listen on %s: %w", l.address, err)
		}
		if l.tls != nil {
			listener = tls.NewListener(listener, l.tls)
		}
		*l.to = listener
	}
	s.http = &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.config.Logger.Handler(), slog.LevelDebug)}
	return nil
}

// Run serves until ctx ends, then lets what is under way finish.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, l := range []net.Listener{s.listeners.http, s.listeners.https} {
		if l != nil {
			group.Go(func() error { return ended(s.http.Serve(l)) })
		}
	}
	for _, l := range []net.Listener{s.listeners.mqtt, s.listeners.mqtts} {
		if l != nil {
			group.Go(func() error { return ended(s.mqtt.Serve(l)) })
		}
	}
	group.Go(func() error { return s.every(ctx, s.config.SweepEvery, "sweep", s.Control.Sweep) })
	group.Go(func() error { return s.every(ctx, s.config.SealEvery, "seal the audit log", s.seal) })
	group.Go(func() error {
		<-ctx.Done()
		return s.shutdown()
	})
	return group.Wait()
}

// ended drops the error by which a listener says that it was closed.
func ended(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, mqtt.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (s *Server) shutdown() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	s.Control.Feed.Close() // ends the event streams, which would outlast any wait
	err := errors.Join(s.http.Shutdown(ctx), s.mqtt.Shutdown(ctx))
	if errors.Is(err, context.DeadlineExceeded) {
		return s.http.Close()
	}
	return err
}

// Close ends what Open opened. It is called after Run has returned.
func (s *Server) Close() error {
	var errs []error
	for _, l := range []net.Listener{s.listeners.http, s.listeners.https, s.listeners.mqtt, s.listeners.mqtts} {
		if l != nil {
			errs = append(errs, ended(l.Close()))
		}
	}
	if s.tr50 != nil {
		s.tr50.Close()
	}
	if s.Control != nil {
		s.Control.Close()
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// URL is the address of console and REST without TLS.
func (s *Server) URL() string { return "http://" + reachable(s.listeners.http) }

// MQTTAddress is host and port of MQTT without TLS.
func (s *Server) MQTTAddress() string { return reachable(s.listeners.mqtt) }

// SecureURL is the address of console and REST with TLS; "" without it.
func (s *Server) SecureURL() string {
	if s.listeners.https == nil {
		return ""
	}
	return "https://" + reachable(s.listeners.https)
}

// MQTTSAddress is host and port of MQTT with TLS; "" without it.
func (s *Server) MQTTSAddress() string {
	if s.listeners.mqtts == nil {
		return ""
	}
	return reachable(s.listeners.mqtts)
}

// Fingerprint names the key that agents of this fleet trust.
func (s *Server) Fingerprint() string { return sup.Fingerprint(s.Signer.PublicKey()) }

// PublicKey is the key that agents of this fleet trust.
func (s *Server) PublicKey() ed25519.PublicKey { return s.Signer.PublicKey() }

// reachable is the address of a listener as this machine reaches it.
func reachable(l net.Listener) string {
	address := l.Addr().(*net.TCPAddr)
	if address.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", fmt.Sprint(address.Port))
	}
	return address.String()
}
