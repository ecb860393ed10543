package link

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
)

// Defaults of Config.
const (
	defaultKeepAlive    = 60 * time.Second
	defaultDialTimeout  = 20 * time.Second
	defaultCallTimeout  = 30 * time.Second
	defaultWriteTimeout = 20 * time.Second
)

// readBuffer is small: a device that is idle for an hour should cost nothing.
const readBuffer = 512

// Config says where a device connects and as whom. A zero duration means its
// default.
type Config struct {
	URL      string // mqtt://host:1883 or mqtts://host:8883
	ThingKey string // the device's name on the wire: MQTT's user name
	AppID    string // the device's own secret: MQTT's client id (TR50 1.2)
	Token    string // the password
	// RootCAs are the only authorities that a TLS server may come from; nil
	// means those of the system.
	RootCAs *x509.CertPool

	KeepAlive    time.Duration // default 60 s, whole seconds from 1 s on
	DialTimeout  time.Duration // until CONNACK, default 20 s
	CallTimeout  time.Duration // until the answer to a command, default 30 s
	WriteTimeout time.Duration // default 20 s
}

// Refusal is a CONNACK that is not 0 (MQTT 3.1.1, table 3.1).
type Refusal byte

func (r Refusal) Error() string {
	switch r {
	case 4:
		return "the server refused the device: the token is unknown, used or expired (code 4); enrol again with a new token"
	case 5:
		return "the server refused the device: it is rejected or locked to another application id (code 5); ask an operator to accept or unlock it"
	case 3:
		return "the server is unavailable (code 3)"
	}
	return fmt.Sprintf("the server refused the connection (code %d)", byte(r))
}

// Dial connects and returns when the server has accepted the device. A refusal
// by the server is a Refusal.
func Dial(ctx context.Context, c Config) (*Link, error) {
	c = c.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, c.DialTimeout)
	defer cancel()
	conn, err := dialConn(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("cannot connect to %s: %w", c.URL, err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	r := bufio.NewReaderSize(conn, readBuffer)
	err = handshake(conn, r, c)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		conn.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, fmt.Errorf("cannot connect to %s: %w", c.URL, err)
	}
	return start(conn, r, c), nil
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		value *time.Duration
		or    time.Duration
	}{
		{&c.KeepAlive, defaultKeepAlive}, {&c.DialTimeout, defaultDialTimeout},
		{&c.CallTimeout, defaultCallTimeout}, {&c.WriteTimeout, defaultWriteTimeout},
	} {
		if *d.value <= 0 {
			*d.value = d.or
		}
	}
	return c
}

func dialConn(ctx context.Context, c Config) (net.Conn, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("the address cannot be read: %v", err)
	}
	switch u.Scheme {
	case "mqtt":
		return new(net.Dialer).DialContext(ctx, "tcp", withPort(u, "1883"))
	case "mqtts":
		d := tls.Dialer{Config: &tls.Config{RootCAs: c.RootCAs, MinVersion: tls.VersionTLS12}}
		return d.DialContext(ctx, "tcp", withPort(u, "8883"))
	}
	return nil, fmt.Errorf("the scheme is %q; use mqtt or mqtts", u.Scheme)
}

func withPort(u *url.URL, port string) string {
	if p := u.Port(); p != "" {
		port = p
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func handshake(conn net.Conn, r *bufio.Reader, c Config) error {
	seconds := min(max(int(c.KeepAlive/time.Second), 1), maxField)
	hello, err := encodeConnect(c.AppID, c.ThingKey, c.Token, uint16(seconds))
	if err != nil {
		return err
	}
	if _, err := conn.Write(hello); err != nil {
		return err
	}
	p, err := readPacket(r)
	if err != nil {
		return err
	}
	if p.kind() != typeConnack || len(p.body) != 2 {
		return errors.New("the server does not speak MQTT 3.1.1")
	}
	if code := p.body[1]; code != 0 {
		return Refusal(code)
	}
	return nil
}
