package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/sluicehq/sluice/agent"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/install/job"
)

// agentProcess is a real agent, a process of its own, with a sandbox as the
// root of its device.
type agentProcess struct {
	key     string
	sandbox sandbox
	process *exec.Cmd
}

// startAgent enrols a device with a one-time token and runs its agent.
func (d *demo) startAgent(ctx context.Context, n int) (*agentProcess, error) {
	a := &agentProcess{key: fmt.Sprintf("agent-%d", n)}
	home := filepath.Join(d.dir, a.key)
	var err error
	if a.sandbox, err = newSandbox(filepath.Join(home, "root"), a.key); err != nil {
		return nil, err
	}
	token, _, err := d.server.Control.CreateToken(ctx, d.actor, control.NewToken{Kind: fleet.OneTime, DeviceKey: a.key})
	if err != nil {
		return nil, err
	}
	layout, err := agent.NewLayout(filepath.Join(home, "data"))
	if err != nil {
		return nil, err
	}
	_, err = agent.Enrol(ctx, layout, agent.Enrolment{
		Configuration: agent.Configuration{
			ServerURL: d.server.URL(), MQTTURL: "mqtt://" + d.server.MQTTAddress(), ThingKey: a.key, Token: token,
			Root: a.sandbox.root, Kind: string(fleet.Gateway), Model: model, OS: "linux", Version: "1.1.0",
			TelemetryInterval: agent.Duration(pollEvery), RetryCap: agent.Duration(time.Second),
			Installer: job.Configuration{ServiceCommand: a.sandbox.service(), BootIDPath: filepath.Join(a.sandbox.root, "run/boot_id")},
		},
		Fingerprint: d.server.Fingerprint(),
	})
	if err != nil {
		return nil, err
	}
	return a, a.start(d.dir, string(layout))
}

// start runs this program under the agent's name: cmd/sluice is both.
func (a *agentProcess) start(dir, data string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find this program: %w", err)
	}
	program := filepath.Join(dir, "sluice-agent")
	if err := os.Symlink(self, program); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("cannot start %s: %w", a.key, err)
	}
	log, err := os.Create(filepath.Join(data, "output.log"))
	if err != nil {
		return fmt.Errorf("cannot start %s: %w", a.key, err)
	}
	defer log.Close()
	a.process = exec.Command(program, "run", "--data", data)
	a.process.Stdout, a.process.Stderr = log, log
	// A group of its own: a Ctrl-C at the terminal is for the demo, which
	// then ends its agents.
	a.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := a.process.Start(); err != nil {
		return fmt.Errorf("cannot start %s: %w", a.key, err)
	}
	return nil
}

// patience is how long an agent may take to end.
const patience = 10 * time.Second

// stop ends the agent and what runs in its sandbox.
func (a *agentProcess) stop() error {
	if a.process == nil || a.process.Process == nil {
		return nil
	}
	ended := make(chan struct{})
	go func() {
		_ = a.process.Wait() // how it ends on a signal says nothing
		close(ended)
	}()
	err := a.process.Process.Signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(patience):
		err = errors.Join(err, a.process.Process.Kill())
		<-ended
	}
	return errors.Join(err, a.sandbox.stop())
}
