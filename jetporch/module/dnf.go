package module

import "strings"

// dnf is the package manager of Fedora and Red Hat; where only yum is
// installed, that is used. Both modules, dnf and yum, are this one.
type dnf struct{}

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
	argv := []string{"repoquery", "-q", "--latest-limit=1", "--qf", "%{version}-%{release}\n", "--", name}
	out, err := ask(c, append([]string{"sh", "-c", eitherYum, "sh"}, argv...)...)
	if err != nil {
		return "", err
	}
	for _, line := range lines(out.Stdout) {
		return strings.TrimSpace(line), nil
	}
	return "", nil
}

// eitherYum hands its arguments to dnf, or to yum where there is no dnf.
const eitherYum = `if command -v dnf >/dev/null 2>&1; then exec dnf "$@"; fi; exec yum "$@"`

func yum(args ...string) Command {
	return Command{Argv: append([]string{"sh", "-c", eitherYum, "sh"}, args...)}
}

func (dnf) install(name, version string) Command {
	if version != "" {
		name += "-" + version
	}
	return yum("install", "-y", "--", name)
}

func (dnf) upgrade(name string) Command { return yum("update", "-y", "--", name) }
func (dnf) remove(name string) Command  { return yum("remove", "-y", "--", name) }
