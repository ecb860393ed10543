package app

import (
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"syscall"
	"time"
)

// Config says where the server listens and what it keeps where. The zero
// value of a field stands for its default.
type Config struct {
	Listen string // console, REST, /api and /file without TLS, default 127.0.0.1:8080
	MQTT   string // TR50 over MQTT without TLS, default 127.0.0.1:1883

	TLSCert string // PEM file; with TLSKey it opens HTTPS and MQTTS
	TLSKey  string
	HTTPS   string // the same as Listen with TLS, default :8443
	MQTTS   string // the same as MQTT with TLS, default :8883

	Plain bool // lets Listen and MQTT be reached from other machines without TLS

	// Connections is how many clients of MQTT may be open at once, those that
	// have not said who they are included. Default: three quarters of the files
	// that the process may have open.
	Connections int

	Data     string // folder of keys, files and SQLite, default ./sluice-data
	Database string // sqlite:PATH or postgres://…, default sqlite:DATA/sluice.db
	Blobs    string // file:DIR, default file:DATA/blobs

	TrustKeys []string // files with further public keys whose packages are taken

	// SweepEvery is how often the clock's own work is done, default 10 s.
	SweepEvery time.Duration
	// SealEvery is how often the new entries of the audit log are sealed,
	// default 3 s.
	SealEvery time.Duration

	Logger *slog.Logger
	Now    func() time.Time
	// Trust are further keys, for programs that embed the server.
	Trust []ed25519.PublicKey
}

// withDefaults fills what is not set.
func (c Config) withDefaults(now func() time.Time) Config {
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	set(&c.Listen, "127.0.0.1:8080")
	set(&c.MQTT, "127.0.0.1:1883")
	set(&c.Data, "sluice-data")
	set(&c.Database, "sqlite:"+filepath.Join(c.Data, "sluice.db"))
	set(&c.Blobs, "file:"+filepath.Join(c.Data, "blobs"))
	if c.TLSCert != "" || c.TLSKey != "" {
		set(&c.HTTPS, ":8443")
		set(&c.MQTTS, ":8883")
	}
	if c.SweepEvery == 0 {
		c.SweepEvery = 10 * time.Second
	}
	if c.SealEvery == 0 {
		c.SealEvery = 3 * time.Second
	}
	if c.Connections == 0 {
		c.Connections = MaxConnections()
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = now
	}
	return c
}

// MaxConnections is the default of Config.Connections: it leaves a quarter of the files that may be open to requests,
// blobs and the database.
func MaxConnections() int {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return 768 // of the 1024 that every system gives
	}
	return int(min(files.Cur, 4<<20) / 4 * 3)
}

// validate refuses what would be unsafe or cannot work.
func (c Config) validate() error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return fmt.Errorf("cannot start: a TLS certificate and its key go together; give both tls-cert and tls-key")
	}
	if c.TLSCert == "" && (c.HTTPS != "" || c.MQTTS != "") {
		return fmt.Errorf("cannot start: https and mqtts need tls-cert and tls-key")
	}
	if c.Connections < 0 {
		return fmt.Errorf("cannot start: connections is %d; it is the number of clients of MQTT that may be open at once", c.Connections)
	}
	for name, address := range map[string]string{"listen": c.Listen, "mqtt": c.MQTT} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("cannot start: %s is %q; write it as 127.0.0.1:8080", name, address)
		}
		if !c.Plain && !loopback(address) {
			return fmt.Errorf("cannot start: %s %s would be reached from other machines without TLS; "+
				"give tls-cert and tls-key, listen on 127.0.0.1, or say --plain", name, address)
		}
	}
	return nil
}

// loopback tells whether only this machine reaches the address.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
