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
// write it twice.
func updateFirmware(ctx context.Context, s *step, p *sup.FirmwareUpdate) error {
	argv, err := s.run.firmwareInstaller(p.Installer)
	if err != nil {
		return err
	}
	path, err := s.memberPath(p.Source)
	if err != nil {
		return err
	}
	s.changed = true
	if s.undo.notes["written"] == "" {
		if _, err := s.exec(ctx, command{argv: expand(argv, "{file}", path)}); err != nil {
			return err
		}
		if err := s.undo.note("written", "true"); err != nil {
			return err
		}
	}
	return restartRuntime(ctx, s)
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
