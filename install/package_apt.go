package install

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Another program may have dpkg's lock for a while: unattended upgrades do.
const (
	lockAttempts = 60
	lockInterval = 2 * time.Second
)

var (
	dpkgLocked = regexp.MustCompile(`(is|was) locked by`)
	aptUnknown = regexp.MustCompile(`Unable to locate package|has no installation candidate|Version '.*' for '.*' was not found|Maybe run apt-get update`)
	// keepConfiguration answers what dpkg would ask about configuration files:
	// the device's own stay.
	keepConfiguration = []string{"--force-confdef", "--force-confold"}
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

// standing reads the abbreviation of dpkg-query(1): what is wanted, what is
// there, and whether it is broken.
func (apt) standing(ctx context.Context, s *step, name string) (standing, error) {
	argv := append(below(s, "dpkg-query"), "--show", "--showformat=${db:Status-Abbrev} ${Version}\n", name)
	output, err := s.exec(ctx, command{argv: argv})
	var exit *exitError
	if errors.As(err, &exit) && exit.code == 1 {
		return standing{}, nil // not known
	}
	if err != nil {
		return standing{}, err
	}
	var is standing
	for line := range strings.Lines(output) { // one for each architecture
		fields := strings.Fields(line)
		if len(fields) == 0 || len(fields[0]) < 2 || is.whole {
			continue
		}
		there := fields[0][1]
		is.known = is.known || there != 'n'
		is.held = is.held || fields[0][0] == 'h'
		if len(fields) > 1 && there != 'n' && there != 'c' {
			is.version = fields[1]
			is.whole = strings.ContainsRune("itW", rune(there)) && len(fields[0]) == 2
		}
	}
	return is, nil
}

func (apt) install(ctx context.Context, s *step, what software) error {
	if what.file != "" {
		return s.dpkg(ctx, append(slices.Clone(keepConfiguration), "--install", what.file)...)
	}
	target := what.name
	if what.version != "" {
		target += "=" + what.version
	}
	get := func() (string, error) {
		return s.aptGet(ctx, "install", "--yes", "--no-install-recommends", "--allow-downgrades", target)
	}
	output, err := get()
	if err == nil || !aptUnknown.MatchString(output) {
		return err
	}
	if _, err := s.aptGet(ctx, "update"); err != nil {
		return err
	}
	_, err = get()
	return err
}

func (apt) remove(ctx context.Context, s *step, name string, purge bool) error {
	how := "--remove"
	if purge {
		how = "--purge"
	}
	return s.dpkg(ctx, "--force-remove-reinstreq", how, name)
}

func (apt) hold(ctx context.Context, s *step, name string) error {
	argv := append(below(s, "dpkg"), "--set-selections")
	_, err := s.exec(ctx, command{argv: argv, input: name + " hold\n"})
	return err
}

func (apt) repair(ctx context.Context, s *step) error {
	return s.dpkg(ctx, append(slices.Clone(keepConfiguration), "--configure", "--pending")...)
}

// dpkg runs it again while another program has its lock.
func (s *step) dpkg(ctx context.Context, arguments ...string) error {
	for n := 1; ; n++ {
		output, err := s.exec(ctx, command{argv: append(below(s, "dpkg"), arguments...)})
		if err == nil || n == lockAttempts || !dpkgLocked.MatchString(output) {
			return err
		}
		if err := s.run.options.wait(ctx, lockInterval); err != nil {
			return err
		}
	}
}

func (s *step) aptGet(ctx context.Context, arguments ...string) (string, error) {
	argv := []string{"apt-get", "-o", fmt.Sprintf("DPkg::Lock::Timeout=%d", int(lockAttempts*lockInterval/time.Second))}
	for _, answer := range keepConfiguration {
		argv = append(argv, "-o", "Dpkg::Options::="+answer)
	}
	if s.run.tree.dir != "/" {
		argv = append(argv, "-o", "RootDir="+s.run.tree.dir)
	}
	return s.exec(ctx, command{argv: append(argv, arguments...)})
}

// below is a program of dpkg that works below the device's root.
func below(s *step, program string) []string {
	if s.run.tree.dir == "/" {
		return []string{program}
	}
	return []string{program, "--root=" + s.run.tree.dir}
}
