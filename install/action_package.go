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

// standing is what a package manager says of a package.
type standing struct {
	version string // "" where nothing of it is there
	whole   bool   // it is installed and configured
	known   bool   // at least its configuration is there
	held    bool
}

// packageManager is what the device manages its software with.
type packageManager interface {
	// describe reads name and version of a package file.
	describe(ctx context.Context, s *step, member, file string) (software, error)
	standing(ctx context.Context, s *step, name string) (standing, error)
	// install installs a file, a version, or the newest that the repositories have.
	install(ctx context.Context, s *step, what software) error
	// remove takes a package away, with purge its configuration too. One that
	// is not there is no failure.
	remove(ctx context.Context, s *step, name string, purge bool) error
	// hold keeps the manager from changing a package on its own.
	hold(ctx context.Context, s *step, name string) error
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
	have, err := s.noteSoftware(ctx, manager, want.name)
	if err != nil {
		return err
	}
	newest := want.file == "" && want.version == ""
	if !have.whole || newest || want.version != have.version {
		err := manager.install(ctx, s, want)
		if s.wasSoftware().held {
			err = errors.Join(err, manager.hold(ctx, s, want.name))
		}
		if err != nil {
			s.noteChange(ctx, manager, want.name)
			return err
		}
	}
	now, err := manager.standing(ctx, s, want.name)
	if err != nil {
		return err
	}
	if !now.whole {
		return fmt.Errorf("cannot install %s: the package manager reports success, but it is not installed", want.name)
	}
	s.changed = now != s.wasSoftware()
	return nil
}

// uninstallPackage removes what was not there before, whatever state it is in.
// A former version is not at hand any more.
func uninstallPackage(ctx context.Context, s *step, p *sup.PackageInstall) error {
	name, noted := s.undo.notes["name"]
	if !noted {
		return nil
	}
	manager, err := s.packageManager(p.Manager)
	if err != nil {
		return err
	}
	before := s.wasSoftware()
	if err := manager.repair(ctx, s); err != nil && before.version != "" {
		return err
	}
	if before.version == "" { // what only its removal repairs is removed, too
		err := manager.remove(ctx, s, name, !before.known)
		if before.held {
			err = errors.Join(err, manager.hold(ctx, s, name))
		}
		return err
	}
	now, err := manager.standing(ctx, s, name)
	if err == nil && now != before {
		err = errNoUndo
	}
	return err
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
	have, err := s.noteSoftware(ctx, manager, p.Name)
	if err != nil {
		return err
	}
	s.changed = s.wasSoftware().version != ""
	if have.version == "" {
		return nil
	}
	if err := manager.remove(ctx, s, p.Name, false); err != nil {
		s.noteChange(ctx, manager, p.Name)
		return err
	}
	return nil
}

// noteSoftware asks for the standing of a package and notes the first answer.
func (s *step) noteSoftware(ctx context.Context, manager packageManager, name string) (standing, error) {
	is, err := manager.standing(ctx, s, name)
	if err != nil {
		return is, err
	}
	return is, errors.Join(s.undo.note("name", name), s.undo.note("before", is.version), s.undo.note("whole", fmt.Sprint(is.whole)),
		s.undo.note("known", fmt.Sprint(is.known)), s.undo.note("held", fmt.Sprint(is.held)))
}

// wasSoftware is what noteSoftware noted.
func (s *step) wasSoftware() standing {
	notes := s.undo.notes
	return standing{version: notes["before"], whole: notes["whole"] == "true", known: notes["known"] == "true", held: notes["held"] == "true"}
}

// noteChange tells whether a manager that failed has changed the package.
func (s *step) noteChange(ctx context.Context, manager packageManager, name string) {
	now, err := manager.standing(ctx, s, name)
	s.changed = err != nil || now != s.wasSoftware()
}
