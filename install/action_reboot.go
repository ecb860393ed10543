package install

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sluicehq/sluice/sup"
)

// reboot notes the boot id before it asks for the reboot: that another boot
// follows is what makes the action done.
func reboot(ctx context.Context, s *step, p *sup.Reboot) error {
	boot := s.run.bootID()
	if boot == "" {
		return fmt.Errorf("cannot reboot: %s cannot be read, and without it no one can tell that the device rebooted", s.run.job.Configuration.BootIDPath)
	}
	if err := s.run.options.wait(ctx, time.Duration(p.DelaySeconds)*time.Second); err != nil {
		return err
	}
	e := s.run.entry(evReboot, s.number)
	e.Boot = boot
	if err := s.run.journal.append(e); err != nil {
		return err
	}
	s.run.confirm()
	s.changed = true
	if _, err := s.exec(ctx, command{argv: s.run.job.Configuration.RebootCommand}); err != nil {
		return err
	}
	return ErrRebooting
}

// awaitBoot is what a start of the installer does with a reboot that was asked
// for: done when this is another boot, asked for again when it is not.
func (s *step) awaitBoot(ctx context.Context) error {
	s.changed = true
	if now := s.run.bootID(); now == "" {
		return errors.New("cannot tell whether the device rebooted: its boot id cannot be read")
	} else if now != s.run.state().step(s.number).boot {
		return nil
	}
	return s.attempt(ctx, s.handler.do)
}
