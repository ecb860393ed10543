package module

import (
	"fmt"
	"strings"
)

// apt is the package manager of Debian. Configuration files that were changed
// on the machine stay as they are, and nothing is ever asked.
type apt struct{}

func (apt) installed(c *Call, name string) (string, bool, error) {
	out, err := ask(c, "dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}\n", "--", name)
	if err != nil || out.RC != 0 {
		return "", false, err
	}
	for _, line := range lines(out.Stdout) {
		if version, ok := strings.CutPrefix(line, "installed "); ok {
			return version, true, nil
		}
	}
	return "", false, nil
}

// available is apt's candidate, which knows epochs, pins and several sources.
func (apt) available(c *Call, name string) (string, error) {
	out, err := ask(c, "apt-cache", "policy", "--", name)
	if err != nil {
		return "", err
	}
	for _, line := range lines(out.Stdout) {
		if version, ok := strings.CutPrefix(strings.TrimSpace(line), "Candidate: "); ok && version != "(none)" {
			return version, nil
		}
	}
	return "", fmt.Errorf("apt knows no candidate of the package %s", name)
}

func aptGet(verb string, args ...string) Command {
	argv := []string{"apt-get", verb, "-qq", "-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold"}
	return Command{Argv: append(argv, args...), Env: []string{"DEBIAN_FRONTEND=noninteractive"}}
}

func (apt) install(_ *Call, name, version string) Command {
	if version != "" {
		return aptGet("install", "--allow-downgrades", "--", name+"="+version)
	}
	return aptGet("install", "--", name)
}

func (apt) upgrade(_ *Call, name string) Command {
	return aptGet("install", "--only-upgrade", "--", name)
}
func (apt) is(installed, asked string) bool     { return installed == asked }
func (apt) remove(_ *Call, name string) Command { return aptGet("remove", "--", name) }
