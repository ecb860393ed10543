package install

import (
	"context"
	"fmt"
	"path"
	"strings"
)

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

func (opkg) installed(ctx context.Context, s *step, name string) (string, error) {
	output, err := s.exec(ctx, command{argv: append(opkgArgv(s), "status", name)})
	if err != nil {
		return "", err
	}
	version, installed := "", false
	for line := range strings.Lines(output) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch key {
		case "Version":
			version = strings.TrimSpace(value)
		case "Status":
			installed = strings.HasSuffix(value, " installed")
		}
	}
	if !installed {
		return "", nil
	}
	return version, nil
}

func (opkg) install(ctx context.Context, s *step, what software) error {
	target := what.file
	if target == "" {
		target = what.name
		if what.version != "" {
			target += "=" + what.version
		}
	}
	argv := append(opkgArgv(s), "--force-downgrade", "install", target)
	_, err := s.exec(ctx, command{argv: argv})
	return err
}

func (opkg) remove(ctx context.Context, s *step, name string, _ bool) error {
	_, err := s.exec(ctx, command{argv: append(opkgArgv(s), "remove", name)})
	return err
}

func (opkg) repair(ctx context.Context, s *step) error {
	_, err := s.exec(ctx, command{argv: append(opkgArgv(s), "configure")})
	return err
}

func opkgArgv(s *step) []string {
	if s.run.tree.dir == "/" {
		return []string{"opkg"}
	}
	return []string{"opkg", "--offline-root", s.run.tree.dir}
}
