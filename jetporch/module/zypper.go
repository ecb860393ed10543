package module

import "strings"

// zypper is the package manager of SUSE.
type zypper struct{ release }

func (zypper) installed(c *Call, name string) (string, bool, error) { return rpmVersion(c, name) }

func (zypper) available(c *Call, name string) (string, error) {
	out, err := ask(c, "zypper", "--non-interactive", "--quiet", "info", "--", name)
	if err != nil {
		return "", err
	}
	for _, line := range lines(out.Stdout) {
		if key, version, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "Version" {
			return strings.TrimSpace(version), nil
		}
	}
	return "", nil
}

func (zypper) install(_ *Call, name, version string) Command {
	argv := []string{"zypper", "--non-interactive", "install"}
	if version != "" {
		argv, name = append(argv, "--oldpackage"), name+"="+version
	}
	return Command{Argv: append(argv, "--", name)}
}

func (zypper) upgrade(_ *Call, name string) Command {
	return Command{Argv: []string{"zypper", "--non-interactive", "update", "--", name}}
}

func (zypper) remove(_ *Call, name string) Command {
	return Command{Argv: []string{"zypper", "--non-interactive", "remove", "--", name}}
}
