package install

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strings"
)

var opkgUnknown = regexp.MustCompile(`Unknown package|Couldn't find anything to satisfy`)

// opkg is the package manager of OpenWrt and of many Yocto images.
type opkg struct{}

// describe goes by the name of the file, name_version_architecture.ipk: opkg
// has no command that reads a file on its own.
func (opkg) describe(_ context.Context, _ *step, member, _ string) (software, error) {
	parts := strings.Split(strings.TrimSuffix(path.Base(member), ".ipk"), "_")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" {
		return software{}, fmt.Errorf("cannot install %s: its name is not name_version_architecture.ipk", member)
	}
	return software{name: parts[0], version: parts[1]}, nil
}

func (opkg) standing(ctx context.Context, s *step, name string) (standing, error) {
	output, err := s.opkg(ctx, "status", name)
	if err != nil {
		return standing{}, err
	}
	var is standing
	version := ""
	for line := range strings.Lines(output) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch key {
		case "Version":
			version = strings.TrimSpace(value)
		case "Status":
			is.whole = strings.HasSuffix(value, " installed")
		}
	}
	if is.known = is.whole; is.whole {
		is.version = version
	}
	return is, nil
}

func (opkg) install(ctx context.Context, s *step, what software) error {
	target := what.file
	if target == "" {
		target = what.name
		if what.version != "" {
			target += "=" + what.version
		}
	}
	output, err := s.opkg(ctx, "--force-downgrade", "install", target)
	if err == nil || what.file != "" || !opkgUnknown.MatchString(output) {
		return err
	}
	if _, err := s.opkg(ctx, "update"); err != nil {
		return err
	}
	_, err = s.opkg(ctx, "--force-downgrade", "install", target)
	return err
}

func (opkg) remove(ctx context.Context, s *step, name string, _ bool) error {
	_, err := s.opkg(ctx, "remove", name)
	return err
}

// hold is nothing: opkg keeps the flag of a package that it installs anew.
func (opkg) hold(context.Context, *step, string) error { return nil }

func (opkg) repair(ctx context.Context, s *step) error {
	_, err := s.opkg(ctx, "configure")
	return err
}

func (s *step) opkg(ctx context.Context, arguments ...string) (string, error) {
	argv := []string{"opkg"}
	if s.run.tree.dir != "/" {
		argv = append(argv, "--offline-root", s.run.tree.dir)
	}
	return s.exec(ctx, command{argv: append(argv, arguments...)})
}
