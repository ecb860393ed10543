package module

import "strings"

// pacman is the package manager of Arch. A name may have its repository in
// front: extra/vim.
type pacman struct{ release }

func (pacman) installed(c *Call, name string) (string, bool, error) {
	_, short, ok := strings.Cut(name, "/")
	if !ok {
		short = name
	}
	out, err := ask(c, "pacman", "-Q", "--", short)
	if err != nil || out.RC != 0 {
		return "", false, err
	}
	_, version, _ := strings.Cut(strings.TrimSpace(out.Stdout), " ")
	return version, true, nil
}

func (pacman) available(c *Call, name string) (string, error) {
	out, err := ask(c, "pacman", "-Si", "--", name)
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

func (pacman) install(_ *Call, name, version string) Command {
	if version != "" {
		name += "=" + version
	}
	return Command{Argv: []string{"pacman", "-S", "--noconfirm", "--", name}}
}

func (p pacman) upgrade(c *Call, name string) Command { return p.install(c, name, "") }

func (pacman) remove(_ *Call, name string) Command {
	if _, short, ok := strings.Cut(name, "/"); ok {
		name = short
	}
	return Command{Argv: []string{"pacman", "-R", "--noconfirm", "--", name}}
}
