package testdebian

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// cacheEnv names a folder that keeps what debootstrap made.
const cacheEnv = "SLUICE_CHROOT"

// included is what tests need beside the minimal Debian. It is one list, so
// that what is kept serves them all.
const included = "dbus,git,sudo,systemd-sysv"

// New makes a machine with a minimal Debian, git, sudo and systemd.
func New(t *testing.T) *Machine {
	t.Helper()
	m := empty(t)
	if _, err := m.try(t, "", nil, "sh", "-c", "command -v debootstrap"); err != nil {
		needed(t, "there is no debootstrap: apt-get install debootstrap")
	}
	suite, mirror := source()
	if cache := os.Getenv(cacheEnv); cache == "" {
		m.bootstrap(t, suite, mirror)
	} else {
		m.fromCache(t, cache, suite, mirror)
	}
	m.around(t, "mount", "-t", "proc", "proc", m.dir+"/proc")
	m.around(t, "cp", "/etc/resolv.conf", m.dir+"/etc/resolv.conf") // one that was kept may be of another network
	return m
}

// fromCache takes what is kept, or keeps what it makes. Two tests that want the
// same wait for each other.
func (m *Machine) fromCache(t *testing.T, cache, suite, mirror string) {
	t.Helper()
	name := fmt.Sprintf("%x", sha256.Sum256([]byte(suite+" "+mirror+" "+included+" "+runtime.GOARCH)))[56:]
	kept := filepath.Join(cache, name+".tar")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		t.Fatal(err)
	}
	lock, err := os.Create(kept + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); err == nil {
		m.around(t, "tar", "--numeric-owner", "-C", m.dir, "-xpf", kept)
		return
	}
	m.bootstrap(t, suite, mirror)
	m.around(t, "tar", "--numeric-owner", "-C", m.dir, "-cf", kept+".new", ".")
	m.around(t, "mv", kept+".new", kept)
}

// bootstrap asks the mirror. What comes is written to memory, so that dpkg
// need not wait for a disk.
func (m *Machine) bootstrap(t *testing.T, suite, mirror string) {
	t.Helper()
	argv := []string{"debootstrap", "--variant=minbase", "--include=" + included, suite, m.dir}
	if mirror != "" {
		argv = append(argv, mirror)
	}
	out, err := m.try(t, "", nil, argv...)
	if err != nil {
		log, _ := m.try(t, "", nil, "tail", "-n", "20", m.dir+"/debootstrap/debootstrap.log")
		needed(t, fmt.Sprintf("cannot make a Debian %s from %q: %v: %s\n%s", suite, mirror, err, last(out), log))
	}
	m.around(t, "rm", "-rf", m.dir+"/var/cache/apt/archives")
	m.around(t, "mkdir", "-p", m.dir+"/var/cache/apt/archives/partial")
	// debootstrap mounts it for itself, and leaves it where umount is refused.
	_, _ = m.try(t, "", nil, "umount", m.dir+"/proc")
}

// around runs a program of the machine around, which has to succeed.
func (m *Machine) around(t *testing.T, argv ...string) {
	t.Helper()
	if out, err := m.try(t, "", nil, argv...); err != nil {
		t.Fatalf("%s: %v: %s", strings.Join(argv, " "), err, out)
	}
}

// source is the suite and the mirror: this machine's own where it is a Debian,
// else a suite that every debootstrap knows, and "", its own mirror.
func source() (suite, mirror string) {
	suite = "bookworm"
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
