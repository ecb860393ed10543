package install

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// apt is dpkg for package files and apt-get for repositories. Where the
// device's root is not this machine's, both work below that root.
type apt struct{}

func (apt) describe(ctx context.Context, s *step, member, file string) (software, error) {
	name, err := s.exec(ctx, command{argv: []string{"dpkg-deb", "--field", file, "Package"}})
	if err != nil {
		return software{}, err
	}
	version, err := s.exec(ctx, command{argv: []string{"dpkg-deb", "--field", file, "Version"}})
	what := software{name: strings.TrimSpace(name), version: strings.TrimSpace(version)}
	if err == nil && (what.name == "" || what.version == "") {
		err = fmt.Errorf("cannot install %s: it names no package", member)
	}
	return what, err
}

func (apt) installed(ctx context.Context, s *step, name string) (string, error) {
	argv := append(dpkg(s, "dpkg-query"), "--show", "--showformat=${db:Status-Abbrev} ${Version}\n", name)
	output, err := s.exec(ctx, command{argv: argv})
	var exit *exitError
	if errors.As(err, &exit) && exit.code == 1 {
		return "", nil // not known
	}
	fields := strings.Fields(output)
	if err != nil || len(fields) < 2 || !strings.HasPrefix(fields[0], "ii") {
		return "", err
	}
	return fields[1], nil
}

func (apt) install(ctx context.Context, s *step, what software) error {
	argv := append(dpkg(s, "dpkg"), "--force-confdef", "--force-confold", "--install", what.file)
	if what.file == "" {
		target := what.name
		if what.version != "" {
			target += "=" + what.version
		}
		argv = append(aptGet(s), "install", "--yes", "--no-install-recommends", "--allow-downgrades", target)
	}
	_, err := s.exec(ctx, command{argv: argv})
	return err
}

func (apt) remove(ctx context.Context, s *step, name string, purge bool) error {
	how := "--remove"
	if purge {
		how = "--purge"
	}
	_, err := s.exec(ctx, command{argv: append(dpkg(s, "dpkg"), how, name)})
	return err
}

func (apt) repair(ctx context.Context, s *step) error {
	_, err := s.exec(ctx, command{argv: append(dpkg(s, "dpkg"), "--configure", "--pending")})
	return err
}

func dpkg(s *step, program string) []string {
	if s.run.tree.dir == "/" {
		return []string{program}
	}
	return []string{program, "--root=" + s.run.tree.dir}
}

func aptGet(s *step) []string {
	if s.run.tree.dir == "/" {
		return []string{"apt-get"}
	}
	return []string{"apt-get", "-o", "RootDir=" + s.run.tree.dir}
}
