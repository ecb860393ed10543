package install

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/sluicehq/sluice/sup"
)

// software is a package of the operating system, not one of ours.
type software struct {
	name, version string // version "" where it does not matter
	file          string // "" for one of the device's repositories
}

// packageManager is what the device manages its software with.
type packageManager interface {
	// describe reads name and version of a package file.
	describe(ctx context.Context, s *step, member, file string) (software, error)
	// installed returns the version that is installed, "" for none.
	installed(ctx context.Context, s *step, name string) (string, error)
	install(ctx context.Context, s *step, what software) error
	// remove takes a package away, with purge its configuration too. One that
	// is not there is no failure.
	remove(ctx context.Context, s *step, name string, purge bool) error
	// repair makes the manager usable again after it was killed.
	repair(ctx context.Context, s *step) error
}

// packageManager is the action's, or the device's, or the one that is there.
func (s *step) packageManager(name string) (packageManager, error) {
	if name == "" {
		name = s.run.job.Configuration.PackageManager
	}
	if name == "auto" {
		for _, candidate := range []struct{ name, program string }{{"apt", "dpkg"}, {"opkg", "opkg"}} {
			if _, err := exec.LookPath(candidate.program); err == nil {
				name = candidate.name
				break
			}
		}
	}
	switch name {
	case "apt":
		return apt{}, nil
	case "opkg":
		return opkg{}, nil
	}
	return nil, errors.New("cannot find a package manager: this device has neither dpkg nor opkg")
}

func installPackage(ctx context.Context, s *step, p *sup.PackageInstall) error {
	manager, err := s.packageManager(p.Manager)
	if err != nil {
		return err
	}
	want := software{name: p.Name, version: p.Version}
	if p.Source != "" {
		file, err := s.memberPath(p.Source)
		if err != nil {
			return err
		}
		if want, err = manager.describe(ctx, s, p.Source, file); err != nil {
			return err
		}
		want.file = file
	}
	if s.run.state().step(s.number).attempts > 1 {
		if err := manager.repair(ctx, s); err != nil {
			return err
		}
	}
	have, err := manager.installed(ctx, s, want.name)
	if err != nil {
		return err
	}
	if err := s.noteSoftware(want.name, have); err != nil {
		return err
	}
	if have == "" || (want.version != "" && want.version != have) {
		if err := manager.install(ctx, s, want); err != nil {
			return err
		}
	}
	now, err := manager.installed(ctx, s, want.name)
	if err != nil {
		return err
	}
	if now == "" {
		return fmt.Errorf("cannot install %s: the package manager reports success, but it is not installed", want.name)
	}
	s.changed = now != s.undo.notes["before"]
	return nil
}

// uninstallPackage removes what was not there before. A former version is not
// at hand any more.
func uninstallPackage(ctx context.Context, s *step, p *sup.PackageInstall) error {
	name, noted := s.undo.notes["name"]
	if !noted {
		return nil
	}
	manager, err := s.packageManager(p.Manager)
	if err != nil {
		return err
	}
	if err := manager.repair(ctx, s); err != nil {
		return err
	}
	now, err := manager.installed(ctx, s, name)
	switch before := s.undo.notes["before"]; {
	case err != nil:
		return err
	case before == "": // also where it is half installed, which is not installed
		return manager.remove(ctx, s, name, true)
	case now == before:
		return nil
	}
	return errNoUndo
}

func removePackage(ctx context.Context, s *step, p *sup.PackageRemove) error {
	manager, err := s.packageManager(p.Manager)
	if err != nil {
		return err
	}
	if s.run.state().step(s.number).attempts > 1 {
		if err := manager.repair(ctx, s); err != nil {
			return err
		}
	}
	have, err := manager.installed(ctx, s, p.Name)
	if err != nil {
		return err
	}
	if err := s.noteSoftware(p.Name, have); err != nil {
		return err
	}
	s.changed = s.undo.notes["before"] != ""
	if have == "" {
		return nil
	}
	return manager.remove(ctx, s, p.Name, false)
}

func (s *step) noteSoftware(name, version string) error {
	if err := s.undo.note("name", name); err != nil {
		return err
	}
	return s.undo.note("before", version)
}
