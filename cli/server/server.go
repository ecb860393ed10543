// Package server is the command "sluice server": it turns flags, environment
// and a YAML file into an app.Config and runs the server until a signal.
package server

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/app"
)

// Command returns "sluice server".
func Command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "server",
		Short: "Run the server: console and REST on :8080, TR50 over MQTT on :1883",
		Long: `Run the server. Console, REST, POST /api, /file and MQTT over
WebSocket at /mqtt are on --listen, TR50 over MQTT on --mqtt.

Every flag is also a variable of the environment (--tls-cert is SLUICE_TLS_CERT) and a key of the
YAML file given with --config (tls-cert: …); a flag goes before the environment, the environment
before the file. Without TLS the server listens on this machine alone, unless --plain says so.

The first start makes the administrator "admin", whose password is printed once, and the key that
signs packages, whose fingerprint agents need to enrol.`,
		Example: "  sluice server\n  sluice server --tls-cert cert.pem --tls-key key.pem --database postgres://sluice@db/sluice",
		Args:    cobra.NoArgs,
	}
	defineFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		config, err := readConfig(cmd.Flags())
		if err != nil {
			return err
		}
		config.Logger = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
		return run(cmd, config)
	}
	return cmd
}

func run(cmd *cobra.Command, config app.Config) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := app.Open(ctx, config)
	if err != nil {
		return err
	}
	printStart(cmd.OutOrStdout(), s, config)
	return errors.Join(s.Run(ctx), s.Close())
}

// printStart says what a person needs first.
func printStart(w io.Writer, s *app.Server, config app.Config) {
	fmt.Fprintf(w, "console      %s\n", s.URL())
	fmt.Fprintf(w, "mqtt         %s\n", s.MQTTAddress())
	fmt.Fprintf(w, "fingerprint  %s\n", s.Fingerprint())
	fmt.Fprintf(w, "signing key  %s\n", filepath.Join(config.Data, app.SigningKeyFile))
	if s.Password != "" {
		fmt.Fprintf(w, "user         admin\npassword     %s  (shown once: keep it)\n", s.Password)
	}
}
