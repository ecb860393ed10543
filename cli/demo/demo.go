package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/app"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/sim"
)

// Bounds of the demo.
const (
	maxAgents   = 20
	maxDevices  = 900
	timeToEnd   = 5 * time.Minute
	pollEvery   = 500 * time.Millisecond
	installTime = time.Second
	wrongModel  = "Another Gateway"
	wrongDevice = "sim-wrong-model"
)

type demo struct {
	out    io.Writer
	dir    string
	server *app.Server
	actor  control.Actor

	agents    []*agentProcess
	simulated []string // device keys
	devices   *sim.Fleet
}

type options struct {
	exit            bool
	agents, devices int
	listen, mqtt    string
}

// Command returns "sluice demo".
func Command() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run a whole fleet on this machine and update it",
		Long: `Run a whole fleet on this machine: a server on a temporary folder, real agents each in a sandbox of
its own, and simulated devices over the real wire. Three signed packages are built from examples/: one
is installed on all of them, one fails half way and rolls back, and one is a JetPorch playbook of which
the agents say what it would change. One device is refused, because it is another model. Afterwards the
console stays open until Ctrl-C.

The last line counts what was installed: demo: N succeeded, M failed, K refused.`,
		Example: "  sluice demo\n  sluice demo --exit --devices 100",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), cmd.OutOrStdout(), o) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.exit, "exit", false, "end when the updates have ended; exit 0 when they ended as they should")
	f.IntVar(&o.agents, "agents", 3, "real agents, 1 to 20")
	f.IntVar(&o.devices, "devices", 20, "simulated devices, 1 to 900")
	f.StringVar(&o.listen, "listen", "127.0.0.1:8080", "address of the console; a free port when it is taken")
	f.StringVar(&o.mqtt, "mqtt", "127.0.0.1:0", "address of TR50 over MQTT")
	return cmd
}

func run(ctx context.Context, out io.Writer, o options) (err error) {
	if o.agents < 1 || o.agents > maxAgents || o.devices < 1 || o.devices > maxDevices {
		return fmt.Errorf("cannot run the demo: it has 1 to %d agents and 1 to %d devices", maxAgents, maxDevices)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := os.MkdirTemp("", "sluice-demo-")
	if err != nil {
		return fmt.Errorf("cannot make the demo's folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	d := &demo{out: out, dir: dir}
	if err := d.open(ctx, o); err != nil {
		return err
	}
	serving, end := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- d.server.Run(serving) }()
	err = d.play(ctx, o)
	err = errors.Join(err, d.stopFleet())
	end()
	return errors.Join(err, <-served, d.server.Close())
}

// open starts the server and signs in.
func (d *demo) open(ctx context.Context, o options) (err error) {
	config := app.Config{Data: filepath.Join(d.dir, "server"), Listen: o.listen, MQTT: o.mqtt}
	if d.server, err = app.Open(ctx, config); errors.Is(err, syscall.EADDRINUSE) {
		config.Listen = "127.0.0.1:0"
		config.Data += "-2"
		d.server, err = app.Open(ctx, config)
	}
	if err != nil {
		return err
	}
	token, _, err := d.server.Control.SignIn(ctx, "admin", d.server.Password)
	if err != nil {
		return err
	}
	d.actor, err = d.server.Control.Authenticate(ctx, token)
	d.say("console   %s\nuser      admin\npassword  %s\nkey       %s", d.server.URL(), d.server.Password, d.server.Fingerprint())
	return err
}

// play runs the whole story and judges it.
func (d *demo) play(ctx context.Context, o options) error {
	within, cancel := context.WithTimeoutCause(ctx, timeToEnd, fmt.Errorf("it took longer than %s", timeToEnd))
	defer cancel()
	if err := d.startFleet(within, o); err != nil {
		return err
	}
	if err := d.organise(within); err != nil {
		return fmt.Errorf("cannot make the demo's organisation: %w", err)
	}
	good, err := d.campaign(within, campaign{"gateway-config", d.publish, d.keys(), control.NewUpdate{Type: fleet.SUP}})
	if err != nil {
		return err
	}
	bad, err := d.campaign(within, campaign{"broken-half-way", nil, d.keys()[:1], control.NewUpdate{Type: fleet.SUP}})
	if err != nil {
		return err
	}
	checked, err := d.campaign(within, campaign{"gateway-settings", nil, d.keys()[:o.agents], control.NewUpdate{Type: fleet.JetPorch,
		Check: true, Variables: map[string]string{"server": "lns.example.org"}}})
	if err != nil {
		return err
	}
	verdict := d.judge(o, good, bad, checked)
	if !o.exit {
		d.say("\nThe console is open at %s (admin, %s). Ctrl-C ends the demo.", d.server.URL(), d.server.Password)
		<-ctx.Done()
	}
	d.say("demo: %d succeeded, %d failed, %d refused", good[fleet.Succeeded]+bad[fleet.Succeeded],
		good[fleet.Failed]+bad[fleet.Failed], good[fleet.Refused]+bad[fleet.Refused])
	return verdict
}

// judge compares what came of the updates, and what is in the sandboxes, with
// what should have.
func (d *demo) judge(o options, good, bad, checked map[fleet.State]int) error {
	succeed := o.agents + o.devices - 1
	if good[fleet.Succeeded] != succeed || good[fleet.Refused] != 1 || bad[fleet.Failed] != 1 {
		return fmt.Errorf("the demo did not end as it should: %d of %d succeeded, %d of 1 refused, %d of 1 rolled back",
			good[fleet.Succeeded], succeed, good[fleet.Refused], bad[fleet.Failed])
	}
	if checked[fleet.Succeeded] != o.agents {
		return fmt.Errorf("the demo did not end as it should: %d of %d agents said what a playbook would change", checked[fleet.Succeeded], o.agents)
	}
	for _, a := range d.agents {
		for path, text := range map[string]string{
			"etc/lorafwd/config.json":   `lns.example.org`,
			"etc/lorafwd/channels.conf": "plan EU868",
			"opt/lorafwd/bin/lorafwd":   "lorafwd 1.2.0",
		} {
			ok, err := a.sandbox.holds(path, text)
			if err != nil {
				return err
			}
			if !ok {
				return fmt.Errorf("the demo did not end as it should: %s of %s does not hold %q", path, a.key, text)
			}
		}
	}
	return nil
}

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.out, format+"\n", args...) }
