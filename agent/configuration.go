package agent

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/install/job"
)

// Defaults and bounds of Configuration.
const (
	DefaultTelemetryInterval = time.Hour
	minTelemetryInterval     = 50 * time.Millisecond
	maxConfiguration         = 1 << 20
)

// Configuration is what the agent knows from its enrolment: agent.json in the
// data folder, mode 0600, because it holds the secrets Token and AppID.
type Configuration struct {
	ServerURL string `json:"server_url"` // http(s)://host:8080, for files and keys
	MQTTURL   string `json:"mqtt_url"`   // mqtt(s)://host:1883
	ThingKey  string `json:"thing_key"`  // the device's name on the wire
	AppID     string `json:"app_id"`     // the device's own secret (TR50 1.2)
	Token     string `json:"token"`      // the enrolment token, its password from then on
	// TrustKeys are Ed25519 public keys in base64. Threshold of them must have
	// signed a package.
	TrustKeys []string `json:"trust_keys"`
	Threshold int      `json:"threshold"`
	// CAFile holds the only authorities (PEM) that the server may come from.
	CAFile string `json:"ca_file,omitempty"`
	// Plain allows a server without TLS elsewhere than on this machine.
	Plain bool `json:"plain,omitempty"`

	// Root is the folder that stands for "/"; a sandbox. "" means "/".
	Root string `json:"root,omitempty"`
	// Kind, Model, OS and Version replace what the device says of itself.
	// VersionFile names a file below Root whose first line is the version.
	Kind        string `json:"kind,omitempty"`
	Model       string `json:"model,omitempty"`
	OS          string `json:"os,omitempty"`
	Version     string `json:"version,omitempty"`
	VersionFile string `json:"version_file,omitempty"`

	TelemetryInterval Duration `json:"telemetry_interval,omitempty"` // default 1h, at least 50ms
	// RetryCap bounds the wait between two attempts of anything; default 1m.
	RetryCap Duration `json:"retry_cap,omitempty"`
	// Installer says how this device wants actions done.
	Installer job.Configuration `json:"installer,omitzero"`
}

// Duration is a time.Duration that JSON writes as "1h30m0s".
type Duration time.Duration

// MarshalJSON writes the text of time.Duration.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON reads what time.ParseDuration reads.
func (d *Duration) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return errors.New(`a duration is a text such as "30s"`)
	}
	value, err := time.ParseDuration(text)
	*d = Duration(value)
	return err
}

// Load reads the configuration of a data folder.
func Load(l Layout) (Configuration, error) {
	data, err := job.ReadFile(l.Configuration(), maxConfiguration)
	if errors.Is(err, fs.ErrNotExist) {
		return Configuration{}, fmt.Errorf("cannot find %s: the device is not enrolled; run sluice-agent enrol first: %w", l.Configuration(), fs.ErrNotExist)
	}
	if err != nil {
		return Configuration{}, fmt.Errorf("cannot read the configuration: %w", err)
	}
	var c Configuration
	if err := json.Unmarshal(data, &c); err != nil {
		return Configuration{}, fmt.Errorf("cannot read %s: %v", l.Configuration(), err)
	}
	if err := c.check(); err != nil {
		return Configuration{}, fmt.Errorf("cannot use %s: %w", l.Configuration(), err)
	}
	return c, nil
}

// Save writes the configuration, durably and for its owner alone.
func (c Configuration) Save(l Layout) error {
	if err := c.check(); err != nil {
		return fmt.Errorf("cannot save the configuration: %w", err)
	}
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot save the configuration: %v", err)
	}
	if err := l.Make(); err != nil {
		return err
	}
	return job.WriteFile(l.Configuration(), append(data, '\n'), 0o600)
}

func (c Configuration) check() error {
	if len(c.TrustKeys) == 0 || c.Threshold < 1 {
		return errors.New("trust_keys and a threshold of at least 1 are needed; enrol the device")
	}
	return c.checkGiven()
}

// checkGiven checks everything but the trusted keys, before the server is
// asked for them.
func (c Configuration) checkGiven() error {
	if c.ThingKey == "" || c.AppID == "" || c.Token == "" {
		return errors.New("thing_key, app_id and token are needed; give the enrolment token")
	}
	if t := time.Duration(c.TelemetryInterval); t != 0 && t < minTelemetryInterval {
		return fmt.Errorf("telemetry_interval is %s, the least is %s", t, minTelemetryInterval)
	}
	if c.Root != "" && !filepath.IsAbs(c.Root) {
		return fmt.Errorf("root is %q, it must be an absolute path", c.Root)
	}
	return c.checkAddresses()
}

func (c Configuration) checkAddresses() error {
	for _, address := range []struct{ what, url, plain, encrypted string }{
		{"server_url", c.ServerURL, "http", "https"}, {"mqtt_url", c.MQTTURL, "mqtt", "mqtts"},
	} {
		u, err := url.Parse(address.url)
		if err != nil || u.Host == "" || u.Scheme != address.plain && u.Scheme != address.encrypted {
			return fmt.Errorf("%s is %q; write %s://host or %s://host", address.what, address.url, address.encrypted, address.plain)
		}
		if u.Scheme == address.plain && !c.Plain && !loopback(u.Hostname()) {
			return fmt.Errorf("%s is %q: the token would cross the network unencrypted; use %s, or allow it with --plain",
				address.what, address.url, address.encrypted)
		}
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// roots are the authorities of CAFile, nil for those of the system.
func (c Configuration) roots() (*x509.CertPool, error) {
	if c.CAFile == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("cannot read the authorities: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("cannot read the authorities in %s: there is no certificate in PEM", c.CAFile)
	}
	return pool, nil
}

func (c Configuration) linkConfig() (link.Config, error) {
	roots, err := c.roots()
	return link.Config{URL: c.MQTTURL, ThingKey: c.ThingKey, AppID: c.AppID, Token: c.Token, RootCAs: roots}, err
}

func (c Configuration) telemetryInterval() time.Duration {
	if c.TelemetryInterval == 0 {
		return DefaultTelemetryInterval
	}
	return time.Duration(c.TelemetryInterval)
}
