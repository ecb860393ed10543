package agent

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/sluicehq/sluice/agent"
	"github.com/sluicehq/sluice/sup"
)

func enrol(ctx context.Context, args []string, out io.Writer) error {
	f := newFlags("enrol", "", out)
	var e agent.Enrolment
	c := &e.Configuration
	var keyFile, tokenFile string
	var telemetry time.Duration
	f.StringVar(&c.ServerURL, "server", "", "the server's `URL`, https://host:8443")
	f.StringVar(&c.MQTTURL, "mqtt", "", "where it speaks TR50, default mqtts://host:8883, or mqtt://host:1883 for http")
	f.StringVar(&c.Token, "token", "", "the enrolment token; every user of the machine can see it, --token-file hides it")
	f.StringVar(&tokenFile, "token-file", "", "a `file` with the enrolment token, - for standard input")
	f.StringVar(&e.Fingerprint, "fingerprint", "", "of the key whose packages are trusted, SHA256:...")
	f.StringVar(&keyFile, "key-file", "", "take that key from a `file` instead of asking the server for it")
	f.StringVar(&c.ThingKey, "key", "", "the device's name, default made from its MAC address or machine id")
	f.StringVar(&c.Root, "root", "", "the `folder` that stands for /, a sandbox")
	f.StringVar(&c.CAFile, "ca", "", "the only authorities that the server may come from, a PEM `file`")
	f.BoolVar(&c.Plain, "plain", false, "allow a server without TLS on another machine")
	f.BoolVar(&e.InMemory, "in-memory", false, "allow a data folder that is lost with every reboot")
	f.StringVar(&c.Kind, "kind", "", "gateway or thin_client, default gateway")
	f.StringVar(&c.Model, "model", "", "the model, default what the machine says")
	f.StringVar(&c.Version, "software-version", "", "the version of the device's software, default that of the operating system")
	f.StringVar(&c.VersionFile, "version-file", "", "a `file` below the root whose first line is that version")
	f.DurationVar(&telemetry, "telemetry", agent.DefaultTelemetryInterval, "how often telemetry is sent")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	c.TelemetryInterval = agent.Duration(telemetry)
	if e.Fingerprint == "" {
		return exit{2, "cannot enrol: --fingerprint is missing; the server prints it when it starts"}
	}
	if err := takeFiles(&e, tokenFile, keyFile); err != nil {
		return err
	}
	if err := makeAbsolute(&c.Root, &c.CAFile); err != nil {
		return err
	}
	layout, err := f.layout()
	if err != nil {
		return err
	}
	done, err := agent.Enrol(ctx, layout, e)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "enrolled: device %s, server %s, trusted key %s, configuration %s\n",
		done.ThingKey, done.ServerURL, e.Fingerprint, layout.Configuration())
	if warning := layout.Warning(); warning != "" {
		fmt.Fprintln(out, "warning:", warning)
	}
	return nil
}

// takeFiles reads what was given as files; "" was not.
func takeFiles(e *agent.Enrolment, tokenFile, keyFile string) error {
	if tokenFile != "" {
		if e.Configuration.Token != "" {
			return exit{2, "cannot enrol: --token and --token-file are both given"}
		}
		token, err := readSecret(tokenFile)
		if err != nil {
			return fmt.Errorf("cannot enrol: %w", err)
		}
		e.Configuration.Token = token
	}
	if keyFile == "" {
		return nil
	}
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return fmt.Errorf("cannot enrol: %w", err)
	}
	key, err := sup.ParsePublicKey(text)
	if err != nil {
		return fmt.Errorf("cannot enrol: %s: %w", keyFile, err)
	}
	e.Keys = []ed25519.PublicKey{key}
	return nil
}

func makeAbsolute(paths ...*string) error {
	for _, path := range paths {
		if *path == "" {
			continue
		}
		abs, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = abs
	}
	return nil
}
