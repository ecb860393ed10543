package server

import (
	"fmt"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"

	"github.com/sluicehq/sluice/app"
)

// envPrefix stands before the name of every variable of the environment.
const envPrefix = "SLUICE_"

// defineFlags defines every setting of the server.
func defineFlags(f *pflag.FlagSet) {
	f.String("config", "", "YAML file with any of these settings")
	f.String("listen", "127.0.0.1:8080", "address of console, REST, /api, /file and /mqtt without TLS")
	f.String("mqtt", "127.0.0.1:1883", "address of TR50 over MQTT without TLS")
	f.String("tls-cert", "", "PEM file with the certificate; opens --https and --mqtts")
	f.String("tls-key", "", "PEM file with the certificate's key")
	f.String("https", "", "address of console, REST, /api, /file and /mqtt with TLS (default :8443 with a certificate)")
	f.String("mqtts", "", "address of TR50 over MQTT with TLS (default :8883 with a certificate)")
	f.Int("connections", 0, "clients of MQTT at once (default three quarters of the files that may be open)")
	f.Bool("plain", false, "let other machines reach --listen and --mqtt without TLS")
	f.String("data", "sluice-data", "folder of keys, files and SQLite")
	f.String("database", "", "sqlite:PATH or postgres://… (default sqlite:DATA/sluice.db)")
	f.String("blobs", "", "file:DIR, where uploaded files are kept (default file:DATA/blobs)")
	f.StringSlice("trust-key", nil, "file with a further public key whose packages are taken; may be repeated")
}

// settings are the flags by name, as koanf fills them.
type settings struct {
	Listen   string   `koanf:"listen"`
	MQTT     string   `koanf:"mqtt"`
	TLSCert  string   `koanf:"tls-cert"`
	TLSKey   string   `koanf:"tls-key"`
	HTTPS    string   `koanf:"https"`
	MQTTS    string   `koanf:"mqtts"`
	Clients  int      `koanf:"connections"`
	Plain    bool     `koanf:"plain"`
	Data     string   `koanf:"data"`
	Database string   `koanf:"database"`
	Blobs    string   `koanf:"blobs"`
	Trust    []string `koanf:"trust-key"`
}

// readConfig reads the file, then the environment, then the flags.
func readConfig(flags *pflag.FlagSet) (app.Config, error) {
	k := koanf.New(".")
	path, err := flags.GetString("config")
	if err != nil {
		return app.Config{}, err
	}
	if path != "" {
		if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
			return app.Config{}, fmt.Errorf("cannot read the configuration %s: %w", path, err)
		}
	}
	for _, key := range k.Keys() {
		if flags.Lookup(key) == nil {
			return app.Config{}, fmt.Errorf("cannot read the configuration %s: there is no setting %q", path, key)
		}
	}
	fromEnv := env.Provider(".", env.Opt{Prefix: envPrefix, TransformFunc: func(name, value string) (string, any) {
		name = strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, envPrefix)), "_", "-")
		if flags.Lookup(name) == nil {
			return "", nil // SLUICE_SERVER and the like are not the server's
		}
		if name == "trust-key" {
			return name, strings.Split(value, ",")
		}
		return name, value
	}})
	if err := k.Load(fromEnv, nil); err != nil {
		return app.Config{}, fmt.Errorf("cannot read the environment: %w", err)
	}
	if err := k.Load(posflag.Provider(flags, ".", k), nil); err != nil {
		return app.Config{}, fmt.Errorf("cannot read the flags: %w", err)
	}
	var s settings
	if err := k.Unmarshal("", &s); err != nil {
		return app.Config{}, fmt.Errorf("cannot read the configuration: %w", err)
	}
	return app.Config{Listen: s.Listen, MQTT: s.MQTT, TLSCert: s.TLSCert, TLSKey: s.TLSKey, HTTPS: s.HTTPS, MQTTS: s.MQTTS,
		Connections: s.Clients, Plain: s.Plain, Data: s.Data, Database: s.Database, Blobs: s.Blobs, TrustKeys: s.Trust}, nil
}
