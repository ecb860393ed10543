package module

import "strings"

// dnf is the package manager of Fedora and Red Hat; where only yum is
// installed, that is used. Both modules, dnf and yum, are this one.
type dnf struct{ release }

// installed asks rpm, which answers the same under both.
func (dnf) installed(c *Call, name string) (string, bool, error) { return rpmVersion(c, name) }

func rpmVersion(c *Call, name string) (string, bool, error) {
	out, err := ask(c, "rpm", "-q", "--qf", "%{VERSION}-%{RELEASE}\n", "--", name)
	if err != nil || out.RC != 0 {
		return "", false, err
	}
	all := lines(out.Stdout)
	if len(all) == 0 {
		return "", false, nil
	}
	return all[len(all)-1], true, nil
}

func (dnf) available(c *Call, name string) (string, error) {
	out, err := ask(c, yum(c, "repoquery", "-q", "--latest-limit=1", "--qf", "%{version}-%{release}\n", "--", name).Argv...)
	if err != nil {
		return "", err
	}
	for _, line := range lines(out.Stdout) {
		return strings.TrimSpace(line), nil
	}
	return "", nil
}

// yum is a command of dnf, or of yum where there is no dnf.
func yum(c *Call, args ...string) Command {
	program := "dnf"
	if _, err := c.Host.look("dnf"); err != nil {
		program = "yum"
	}
	return Command{Argv: append([]string{program}, args...)}
}

func (dnf) install(c *Call, name, version string) Command {
	if version != "" {
		name += "-" + version
	}
	return yum(c, "install", "-y", "--", name)
}

func (dnf) upgrade(c *Call, name string) Command { return yum(c, "update", "-y", "--", name) }
func (dnf) remove(c *Call, name string) Command  { return yum(c, "remove", "-y", "--", name) }
