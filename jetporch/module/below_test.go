package module

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// plant makes folders, files ("name=") and links ("name -> target") below a
// new root, and a file beside the root that nothing may reach.
func plant(t testing.TB, entries ...string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root")
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	must(os.Mkdir(root, 0o755))
	must(os.WriteFile(filepath.Join(root, "../outside"), []byte("outside"), 0o644))
	for _, e := range entries {
		name, target, link := strings.Cut(e, " -> ")
		name, isFile := strings.CutSuffix(name, "=")
		path := filepath.Join(root, name)
		must(os.MkdirAll(filepath.Dir(path), 0o755))
		switch {
		case link:
			must(os.Symlink(target, path))
		case isFile:
			must(os.WriteFile(path, []byte(name), 0o644))
		default:
			must(os.MkdirAll(path, 0o755))
		}
	}
	return root
}

var tree = []string{
	"etc/passwd=", "usr/lib/os-release=", "etc/os-release -> ../usr/lib/os-release", "run/x=",
	"var/run -> /run", "abs -> /etc/passwd", "out -> ../outside", "far -> ../../../../../../../../outside",
	"top -> /..", "loop -> loop", "a -> b", "b -> a", "nowhere -> /no/such/file", "bin -> usr/bin", "usr/bin/sh=",
	"chain -> /var/run/../abs", "slash -> /etc/", "self -> .", "deep/er/up -> ../../..",
}

func TestAPathOfTheDeviceIsFoundBelowItsRoot(t *testing.T) {
	t.Parallel()
	root := plant(t, tree...)
	for _, c := range []struct{ name, last, followed string }{
		{"/etc/passwd", "/etc/passwd", "/etc/passwd"},
		{"etc/passwd", "/etc/passwd", "/etc/passwd"},
		{"/", "/", "/"},
		{"/new/../file", "/file", "/file"},
		{"/../../outside", "/outside", "/outside"},
		{"/etc/os-release", "/etc/os-release", "/usr/lib/os-release"},
		{"/var/run/x", "/run/x", "/run/x"},
		{"/var/run", "/var/run", "/run"},
		{"/var/run/", "/run/", "/run/"},
		{"/abs", "/abs", "/etc/passwd"},
		{"/out", "/out", "/outside"},
		{"/far", "/far", "/outside"},
		{"/top/etc/passwd", "/etc/passwd", "/etc/passwd"},
		{"/nowhere", "/nowhere", "/no/such/file"},
		{"/bin/sh", "/usr/bin/sh", "/usr/bin/sh"},
		{"/chain", "/chain", "/etc/passwd"},
		{"/slash/passwd", "/etc/passwd", "/etc/passwd"},
		{"/self/self/self/etc", "/etc", "/etc"},
		{"/deep/er/up/up", "/up", "/up"},
	} {
		for follow, want := range map[bool]string{false: c.last, true: c.followed} {
			got, err := below(root, c.name, follow)
			if err != nil || got != root+want && (want != "/" || got != root+"/") {
				t.Errorf("%s, follow %v: got %s, %v; want %s", c.name, follow, got, err, want)
			}
		}
	}
	for _, name := range []string{"/loop/x", "/a/x", "/etc/passwd/x/y"} {
		if got, err := below(root, name, true); err == nil {
			t.Errorf("%s: got %s", name, got)
		}
	}
	if got, err := below(root, "/loop", false); err != nil || got != root+"/loop" {
		t.Errorf("the link itself: got %s, %v", got, err)
	}
}

// The kernel can do the same for files that are there (openat2(2),
// RESOLVE_IN_ROOT), and is asked for its opinion.
func FuzzPathsAreResolvedAsTheKernelDoes(f *testing.F) {
	root := plant(f, tree...)
	fd, err := unix.Open(root, unix.O_PATH, 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { unix.Close(fd) })
	for _, e := range tree {
		name, _, _ := strings.Cut(strings.TrimSuffix(e, "="), " -> ")
		f.Add(name, true, "../run")
		f.Add(name+"/../"+name+"/", false, "/etc/../..")
	}
	f.Fuzz(func(t *testing.T, name string, follow bool, target string) {
		if strings.ContainsAny(name+target, "\x00") || name == "" || target == "" || len(name)+len(target) > 2000 {
			t.Skip()
		}
		link := filepath.Join(root, "link")
		if err := errors.Join(os.RemoveAll(link), os.Symlink(target, link)); err != nil {
			t.Skip(err)
		}
		got, err := below(root, name, follow)
		if err == nil && got != root && !strings.HasPrefix(got, root+"/") {
			t.Fatalf("%q leads out: %s", name, got)
		}
		how := unix.OpenHow{Flags: unix.O_PATH, Resolve: unix.RESOLVE_IN_ROOT}
		if !follow {
			how.Flags |= unix.O_NOFOLLOW
		}
		kernel, kerr := unix.Openat2(fd, name, &how)
		if errors.Is(kerr, syscall.ENOSYS) {
			t.Skip("this kernel has no openat2")
		} else if kerr != nil {
			return
		}
		defer unix.Close(kernel)
		var want, have unix.Stat_t
		if err := errors.Join(err, unix.Fstat(kernel, &want), unix.Lstat(got, &have)); err != nil || want.Ino != have.Ino {
			t.Errorf("%q, follow %v, link to %q: got %s, %v, and the kernel finds something else", name, follow, target, got, err)
		}
	})
}
