package install

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sluicehq/sluice/sup"
)

// updateFirmware hands the member over and restarts the runtime. That the
// firmware is written is noted, so that a restart of the installer does not
// write it twice. Some firmware installers reboot the device themselves: where
// another boot follows the start of one, it has done its work.
func updateFirmware(ctx context.Context, s *step, p *sup.FirmwareUpdate) error {
	argv, err := s.run.firmwareInstaller(p.Installer)
	if err != nil {
		return err
	}
	path, err := s.memberPath(p.Source)
	if err != nil {
		return err
	}
	written, err := s.firmwareWritten()
	if err != nil {
		return err
	}
	if s.changed = written; !written {
		_, err := s.exec(ctx, command{argv: expand(argv, "{file}", path)})
		if s.changed = s.started; err != nil {
			return err
		}
		if err := s.undo.note("written", "true"); err != nil {
			return err
		}
	}
	return restartRuntime(ctx, s)
}

// firmwareWritten notes the boot that the installer of the firmware is started
// in, and tells whether an earlier start of it has come to its end.
func (s *step) firmwareWritten() (bool, error) {
	boot := s.run.bootID()
	if err := s.undo.note("boot", boot); err != nil {
		return false, err
	}
	before := s.undo.notes["boot"]
	return s.undo.notes["written"] != "" || (before != "" && boot != "" && before != boot), nil
}

// firmwareInstaller is the one named, or the only one there is.
func (r *run) firmwareInstaller(name string) ([]string, error) {
	installers := r.job.Configuration.FirmwareInstallers
	names := slices.Sorted(maps.Keys(installers))
	if name == "" && len(names) == 1 {
		name = names[0]
	}
	argv, known := installers[name]
	switch {
	case known:
		return argv, nil
	case len(names) == 0:
		return nil, fmt.Errorf("cannot update the firmware: no firmware installer is configured on this device")
	case name == "":
		return nil, fmt.Errorf("cannot update the firmware: the package names no installer and this device has several: %s", strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("cannot update the firmware: installer %s is not configured, this device has %s", name, strings.Join(names, ", "))
}
