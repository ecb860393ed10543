package agent

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluicehq/sluice/agent/fact"
	"github.com/sluicehq/sluice/agent/transfer"
	"github.com/sluicehq/sluice/sup"
)

// Bounds of the list of keys that a server offers.
const (
	maxKeyList    = 64 << 10
	maxKeysListed = 64
)

// Enrolment is what a device is told when it is set up.
type Enrolment struct {
	// Configuration holds ServerURL, Token and whatever differs from the
	// defaults. AppID and TrustKeys are filled in; MQTTURL and ThingKey where
	// they are empty.
	Configuration Configuration
	// Fingerprint names the one key that will be trusted. It comes over a
	// channel of its own, printed by the server or given by a person.
	Fingerprint string
	// Keys are candidates for it; empty means that the server is asked. Who
	// gives the key does not matter: only the one with the fingerprint is kept.
	Keys []ed25519.PublicKey
	// InMemory allows a data folder that is lost with a reboot. In a sandbox
	// (Configuration.Root) it is allowed anyway.
	InMemory bool
}

// Enrol writes the configuration of a data folder. Repeated with the same
// token, after an interruption for example, it keeps the application id, so
// that a server that has seen the device knows it again.
func Enrol(ctx context.Context, l Layout, e Enrolment) (Configuration, error) {
	c := e.Configuration
	old, err := Load(l)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	c.AppID = newAppID()
	if c.ThingKey == "" {
		c.ThingKey = old.ThingKey
	}
	if c.ThingKey == "" {
		c.ThingKey = fact.NewReader(c.Root).DeviceKey()
	}
	if c.ThingKey == "" {
		return c, errors.New("cannot enrol: the machine has neither a network card nor a machine id to name the device by; give --key")
	}
	if old.Token == c.Token && old.ThingKey == c.ThingKey {
		c.AppID = old.AppID
	}
	if c.MQTTURL == "" {
		c.MQTTURL = mqttURL(c.ServerURL)
	}
	if err := e.check(l, c); err != nil {
		return c, fmt.Errorf("cannot enrol: %w", err)
	}
	if len(e.Keys) == 0 {
		if e.Keys, err = offeredKeys(ctx, c); err != nil {
			return c, err
		}
	}
	trust, err := sup.TrustFingerprint(e.Fingerprint, e.Keys)
	if err != nil {
		return c, fmt.Errorf("cannot enrol: %w", err)
	}
	c.TrustKeys, c.Threshold = nil, trust.Threshold
	for _, key := range trust.Keys {
		c.TrustKeys = append(c.TrustKeys, base64.StdEncoding.EncodeToString(key))
	}
	return c, c.Save(l)
}

// check refuses what a device should not be set up with, before the server is
// asked for anything.
func (e Enrolment) check(l Layout, c Configuration) error {
	for _, address := range []string{c.ServerURL, c.MQTTURL} {
		if u, err := url.Parse(address); err == nil && u.User != nil {
			return fmt.Errorf("the address of %s holds a user or a password; the device shows its token, write the address without", u.Host)
		}
	}
	if err := c.checkGiven(); err != nil {
		return err
	}
	if warning := l.Warning(); warning != "" && !e.InMemory && c.Root == "" {
		return fmt.Errorf("%s, or allow it with --in-memory", warning)
	}
	return nil
}

// newAppID is 160 bits from the system, in 32 letters and digits.
func newAppID() string {
	raw := make([]byte, 20)
	_, _ = rand.Read(raw) // crypto/rand.Read never fails
	const digits = "abcdefghijklmnopqrstuvwxyz234567"
	var b strings.Builder
	for i := 0; i < len(raw); i += 5 {
		var group uint64
		for _, octet := range raw[i : i+5] {
			group = group<<8 | uint64(octet)
		}
		for shift := 35; shift >= 0; shift -= 5 {
			b.WriteByte(digits[group>>shift&31])
		}
	}
	return b.String()
}

// mqttURL is where a server with the standard ports speaks TR50.
func mqttURL(server string) string {
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	if u.Scheme == "https" {
		return "mqtts://" + net.JoinHostPort(u.Hostname(), "8883")
	}
	return "mqtt://" + net.JoinHostPort(u.Hostname(), "1883")
}

// offeredKeys asks the server which keys it knows. None of them is trusted for that.
func offeredKeys(ctx context.Context, c Configuration) ([]ed25519.PublicKey, error) {
	roots, err := c.roots()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.ServerURL, "/")+"/api/v1/keys", nil)
	if err != nil {
		return nil, fmt.Errorf("cannot ask the server for its key: %v", err)
	}
	client := transfer.NewClient(roots)
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("cannot ask the server for its key: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("cannot ask the server for its key: it answered %s", resp.Status)
	}
	var list struct {
		Keys []struct {
			Key []byte `json:"key"`
		} `json:"keys"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxKeyList)).Decode(&list); err != nil {
		return nil, fmt.Errorf("cannot read the server's keys: %v", err)
	}
	var keys []ed25519.PublicKey
	for _, k := range list.Keys[:min(len(list.Keys), maxKeysListed)] {
		if len(k.Key) == ed25519.PublicKeySize {
			keys = append(keys, k.Key)
		}
	}
	return keys, nil
}
