package module

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/jetporch/value"
)

// facts keeps jet_os_type, jet_os_flavor, jet_os_release_* and jet_arch, and
// the trees of facter and ohai when they are asked for.
func facts(c *Call) (Plan, error) {
	return passive(func() (string, error) {
		var name unix.Utsname
		if err := unix.Uname(&name); err != nil {
			return "", fmt.Errorf("cannot ask the system for its name: %w", err)
		}
		c.Fact("jet_os_type", "Linux")
		c.Fact("jet_arch", string(bytes.TrimRight(name.Machine[:], "\x00")))
		release, err := readRelease(c.Host)
		if err != nil {
			return "", err
		}
		for _, k := range release.Keys() {
			v, _ := release.Get(k)
			c.Fact("jet_os_release_"+strings.ToLower(k), v)
		}
		c.Fact("jet_os_flavor", flavor(release))
		for _, tree := range []string{"facter", "ohai"} {
			if !c.Args.Bool(tree, false) {
				continue
			}
			if err := factTree(c, tree); err != nil {
				return "", err
			}
		}
		return "", nil
	}), nil
}

func readRelease(h *Host) (*value.Map, error) {
	out := &value.Map{}
	text, err := h.read(h.Release)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	} else if err != nil {
		return nil, fmt.Errorf("cannot read the facts of the distribution: %w", err)
	}
	for _, line := range lines(string(text)) {
		k, v, ok := strings.Cut(strings.TrimSpace(line), "=")
		if ok && !strings.HasPrefix(k, "#") {
			out.Set(k, strings.Trim(v, `"'`))
		}
	}
	return out, nil
}

// flavor names the family. Unlike jetp it knows Debian and Fedora themselves,
// which have no ID_LIKE.
func flavor(release *value.Map) string {
	id, _ := release.Get("ID")
	like, _ := release.Get("ID_LIKE")
	for _, word := range strings.Fields(value.Text(id) + " " + value.Text(like)) {
		switch {
		case word == "rhel" || word == "fedora" || word == "centos":
			return "EL"
		case word == "debian" || word == "ubuntu":
			return "Debian"
		case strings.Contains(word, "arch"):
			return "Arch"
		}
	}
	return "Unknown"
}

func factTree(c *Call, tree string) error {
	argv := []string{tree}
	if tree == "facter" {
		argv = append(argv, "--json")
	}
	out, err := c.Host.Query(c.Ctx, argv...)
	if err != nil {
		return err
	}
	if out.RC != 0 {
		return fmt.Errorf("%s ended with code %d: %s", tree, out.RC, out.All)
	}
	v, err := value.FromYAML([]byte(out.Stdout))
	if err != nil {
		return fmt.Errorf("the answer of %s is no JSON: %w", tree, err)
	}
	c.Fact(tree, v)
	return nil
}
