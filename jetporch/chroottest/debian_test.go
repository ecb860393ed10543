package chroottest

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// cacheEnv names a folder that keeps what debootstrap made.
const cacheEnv = "SLUICE_CHROOT"

// included is what the playbooks need beside the minimal Debian.
const included = "git,systemd,sudo"

// newDebian makes a chroot with a minimal Debian and the program sluice.
func newDebian(t *testing.T) *chroot {
	t.Helper()
	c := newChroot(t)
	if _, err := c.try(t, "", nil, "sh", "-c", "command -v debootstrap"); err != nil {
		needed(t, "there is no debootstrap: apt-get install debootstrap")
	}
	suite, mirror := source()
	kept := ""
	if cache := os.Getenv(cacheEnv); cache != "" {
		kept = filepath.Join(cache, fmt.Sprintf("%x.tar", sha256.Sum256([]byte(suite+" "+mirror+" "+included+" "+runtime.GOARCH)))[56:])
	}
	if _, err := os.Stat(kept); err == nil {
		c.around(t, "tar", "--numeric-owner", "-C", c.dir, "-xpf", kept)
	} else {
		c.bootstrap(t, suite, mirror)
		if kept != "" {
			c.around(t, "mkdir", "-p", filepath.Dir(kept))
			fresh := fmt.Sprintf("%s.%d", kept, os.Getpid())
			c.around(t, "tar", "--numeric-owner", "-C", c.dir, "-cf", fresh, ".")
			c.around(t, "mv", fresh, kept)
		}
	}
	c.around(t, "mount", "-t", "proc", "proc", c.dir+"/proc")
	c.around(t, "cp", "/etc/resolv.conf", c.dir+"/etc/resolv.conf") // one that was kept may be of another network
	program := filepath.Join(t.TempDir(), "sluice")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/sluicehq/sluice/cmd/sluice")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	c.around(t, "install", "-m", "755", program, c.dir+"/usr/local/bin/sluice")
	c.sh(t, "echo 127.0.0.1 localhost $(hostname) > /etc/hosts; apt-get update -qq")
	return c
}

// bootstrap asks the mirror. What comes is written to memory, so that dpkg
// need not wait for a disk.
func (c *chroot) bootstrap(t *testing.T, suite, mirror string) {
	t.Helper()
	out, err := c.try(t, "", nil, "debootstrap", "--variant=minbase", "--include="+included, suite, c.dir, mirror)
	if err != nil {
		log, _ := c.try(t, "", nil, "tail", "-n", "20", c.dir+"/debootstrap/debootstrap.log")
		needed(t, fmt.Sprintf("cannot make a Debian %s from %s: %v: %s\n%s", suite, mirror, err, last(out), log))
	}
	c.around(t, "rm", "-rf", c.dir+"/var/cache/apt/archives")
	c.around(t, "mkdir", "-p", c.dir+"/var/cache/apt/archives/partial")
	// debootstrap mounts it for itself, and leaves it where umount is refused.
	_, _ = c.try(t, "", nil, "umount", c.dir+"/proc")
}

// around runs a program of the machine around the chroot, which has to
// succeed.
func (c *chroot) around(t *testing.T, argv ...string) {
	t.Helper()
	if out, err := c.try(t, "", nil, argv...); err != nil {
		t.Fatalf("%s: %v: %s", strings.Join(argv, " "), err, out)
	}
}

// source is the suite and the mirror: this machine's own where it is a Debian,
// else a suite that every debootstrap knows.
func source() (suite, mirror string) {
	suite, mirror = "bookworm", "http://deb.debian.org/debian"
	release := fields("/etc/os-release", "=")
	if release["ID"] != "debian" || release["VERSION_CODENAME"] == "" {
		return suite, mirror
	}
	suite = release["VERSION_CODENAME"]
	files, _ := filepath.Glob("/etc/apt/sources.list.d/*") // the pattern is valid
	for _, path := range append(files, "/etc/apt/sources.list") {
		if found := mirrorIn(path, suite); found != "" {
			return suite, found
		}
	}
	return suite, mirror
}

// mirrorIn finds the mirror of a suite in a file of either format of apt.
func mirrorIn(path, suite string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	if strings.HasSuffix(path, ".sources") {
		for block := range strings.SplitSeq(string(text), "\n\n") {
			f := keys(block, ":")
			if uris := strings.Fields(f["URIs"]); slices.Contains(strings.Fields(f["Suites"]), suite) && len(uris) > 0 {
				return uris[0]
			}
		}
		return ""
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		for i, word := range words {
			if words[0] == "deb" && i > 0 && strings.Contains(word, "://") && i+1 < len(words) && words[i+1] == suite {
				return word
			}
		}
	}
	return ""
}

func fields(path, separator string) map[string]string {
	text, _ := os.ReadFile(path) // a file that is not there has none
	return keys(string(text), separator)
}

func keys(text, separator string) map[string]string {
	found := map[string]string{}
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		if k, v, ok := strings.Cut(lines.Text(), separator); ok {
			found[k] = strings.Trim(strings.TrimSpace(v), `"`)
		}
	}
	return found
}

// last is the last line of a text.
func last(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
