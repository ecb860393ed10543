package run_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/jetporch/run"
)

// fill writes files below a folder; a name that ends with a slash is a folder.
func fill(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if strings.HasSuffix(name, "/") {
			err = errors.Join(err, os.MkdirAll(path, 0o755))
		} else {
			err = errors.Join(err, os.WriteFile(path, []byte(text), 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// sandbox is a folder with a shell and two accounts.
func sandbox(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can change root into a sandbox folder")
	}
	root := t.TempDir()
	fill(t, root, map[string]string{
		"etc/marker": "sandbox", "tmp/": "", "bin/": "", "usr/bin/": "", "srv/book/": "",
		"etc/passwd": "root:x:0:0::/root:/bin/sh\nwebby:x:4321:4322:Web:/home/webby:/bin/sh\n",
		"etc/group":  "webby:x:4322:\nstaff:x:4323:other,webby\n",
	})
	build := exec.Command("go", "build", "-o", filepath.Join(root, "bin/sh"), "./testdata/sh")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return root
}

// inside runs tasks with the sandbox as the machine.
func inside(t *testing.T, root, dir, tasks string) (string, error) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "playbook.yml"), []byte(head+tasks), 0o644); err != nil {
		t.Fatal(err)
	}
	b, _, err := run.Load(filepath.Join(dir, "playbook.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	_, err = run.Run(t.Context(), b, run.Options{Dir: dir, Root: root, Now: stopped, Env: []string{"PATH=/usr/bin:/bin", "HOME=/root"},
		Emit: func(e run.Event) { _ = run.Print(&out, e) }})
	return out.String(), err
}

func TestProgramsOfASandboxRunWithItAsTheirRoot(t *testing.T) {
	t.Parallel()
	root := sandbox(t)
	elsewhere := t.TempDir()
	fill(t, elsewhere, map[string]string{"modules/": ""})
	if err := os.Link(filepath.Join(root, "bin/sh"), filepath.Join(elsewhere, "modules/ask")); err != nil {
		t.Fatal(err)
	}
	// The real machine has these; a link to one leads nowhere in the sandbox.
	for name, target := range map[string]string{"usr/bin/true": "/usr/bin/true", "usr/bin/env": "../../../../../../../usr/bin/env"} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ what, dir, tasks, want, fails string }{
		{"a shell", elsewhere, "  - !shell\n    cmd: 'true'\n", `["-c" "true"] as 0:0 [] in /, home /root, root sandbox`, ""},
		{"a playbook in the sandbox", filepath.Join(root, "srv/book"), "  - !shell\n    cmd: x\n", "in /srv/book, home", ""},
		{"a user", elsewhere, "  - !shell\n    cmd: x\n    with: { sudo: webby }\n", "as 4321:4322 [4322 4323] in /, home /home/webby, root sandbox", ""},
		{"no such user", elsewhere, "  - !shell\n    cmd: x\n    with: { sudo: nobody }\n", "",
			"cannot act as nobody: the sandbox folder has no such user in /etc/passwd"},
		{"no such program", elsewhere, "  - !user\n    user: x\n", "",
			"cannot run getent: this agent works in a sandbox folder, which has no such program in its PATH"},
		{"a program of the bundle", elsewhere, "  - !external\n    use: ask\n    params: {}\n    failed_when: 'false'\n    save: x\n", "",
			"the answer of ask is no map in JSON or YAML"},
	} {
		out, err := inside(t, root, c.dir, c.tasks)
		if c.fails == "" && err != nil || c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)) || !strings.Contains(out, c.want) {
			t.Errorf("%s: got %s%v", c.what, out, err)
		}
		if strings.Contains(out, root) {
			t.Errorf("%s: the folder of the sandbox shows:\n%s", c.what, out)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(root, "tmp")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAProgramThatASandboxCannotStartIsExplained(t *testing.T) {
	t.Parallel()
	root := sandbox(t)
	fill(t, root, map[string]string{"usr/bin/sh": "#!/bin/python\n"})
	if err := os.Chmod(filepath.Join(root, "usr/bin/sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := inside(t, root, t.TempDir(), "  - !shell\n    cmd: x\n")
	if err == nil || !strings.Contains(err.Error(), "cannot start sh: ") || !strings.Contains(err.Error(), "; the sandbox folder lacks the program, or what it is started with") {
		t.Error(err)
	}
}

func TestASandboxThatIsNoFolderIsRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	fill(t, filepath.Dir(file), map[string]string{"file": ""})
	for _, root := range []string{"relative", file, file + "/x", filepath.Dir(file) + "/missing"} {
		_, _, err := start(t, t.Context(), head+"  - !echo\n    msg: x\n", run.Options{Root: root})
		if err == nil || !strings.Contains(err.Error(), "cannot run in a sandbox folder: ") && !strings.Contains(err.Error(), "cannot run in the sandbox folder "+root+": ") {
			t.Errorf("%s: got %v", root, err)
		}
	}
}

// helper is set in the environment of a process that TestACopyThatIsKilled
// starts and kills.
const helper = "SLUICE_TEST_COPY_IN"

func TestACopyThatIsKilledLeavesNothingAfterTheNextRun(t *testing.T) {
	const text = head + "  - !copy\n    src: big\n    dest: /etc/conf\n"
	if dir := os.Getenv(helper); dir != "" {
		_, err := inside(t, filepath.Join(dir, "root"), filepath.Join(dir, "book"), strings.TrimPrefix(text, head))
		t.Fatalf("the copy came to an end: %v", err)
	}
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, map[string]string{"root/etc/conf": "old", "book/files/big": ""})
	big := filepath.Join(dir, "book/files/big")
	if err := os.Truncate(big, 1<<40); err != nil {
		t.Fatal(err)
	}
	etc := filepath.Join(dir, "root/etc")
	watch, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err == nil {
		_, err = unix.InotifyAddWatch(watch, etc, unix.IN_CREATE)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(watch)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestACopyThatIsKilledLeavesNothingAfterTheNextRun$")
	child.Env = append(os.Environ(), helper+"="+dir)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := unix.Read(watch, make([]byte, 4096)); err != nil {
		t.Error(err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = child.Wait()
	text1, _ := os.ReadFile(filepath.Join(etc, "conf"))
	if left, _ := os.ReadDir(etc); len(left) != 2 || string(text1) != "old" {
		t.Errorf("after the kill there is %v, and the file is %q", left, text1)
	}
	if err := os.WriteFile(big, []byte("new"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := inside(t, filepath.Join(dir, "root"), filepath.Join(dir, "book"), strings.TrimPrefix(text, head)); err != nil {
		t.Error(out, err)
	}
	text1, _ = os.ReadFile(filepath.Join(etc, "conf"))
	if left, _ := os.ReadDir(etc); len(left) != 1 || string(text1) != "new" {
		t.Errorf("after the next run there is %v, and the file is %q", left, text1)
	}
}

func TestADiffIsShownOnlyOfWhatEverybodyMayRead(t *testing.T) {
	t.Parallel()
	lines := strings.Repeat("line\n", 1000)
	for _, c := range []struct {
		what, old string
		before    os.FileMode
		after     string
		text      string
		want      string
	}{
		{"open", "old\n", 0o644, "", "new\n", "-old\n+new\n"},
		{"closed before", "old\n", 0o640, "0o644", "new\n", ""},
		{"closed after", "old\n", 0o644, "0o640", "new\n", ""},
		{"no text", "old\n", 0o644, "", "\xff\n", ""},
		{"was no text", "a\x00b", 0o644, "", "new\n", ""},
		{"too large", "old\n", 0o644, "", strings.Repeat("x", 64<<10+1), ""},
		{"cut", "", 0o644, "", lines, "+line\n… lines left out: 335\n"},
	} {
		dir := t.TempDir()
		fill(t, dir, map[string]string{"conf": c.old, "src": c.text})
		if err := os.Chmod(filepath.Join(dir, "conf"), c.before); err != nil {
			t.Fatal(err)
		}
		tasks := "  - !copy\n    src: /src\n    dest: /conf\n"
		if c.after != "" {
			tasks += "    attributes: { mode: " + c.after + " }\n"
		}
		var got run.Event
		for _, check := range []bool{true, false} {
			if _, err := events(t, t.Context(), head+tasks, run.Options{Root: dir, Check: check}, func(e run.Event) { got = e }); err != nil {
				t.Error(err)
			}
			want := c.want
			if !check {
				want = ""
			}
			if got.Status != run.Changed || !strings.HasSuffix(got.Diff, want) || (got.Diff == "") != (want == "") || len(got.Diff) > run.MaxDiff {
				t.Errorf("%s, check %v: got %s %q (%d bytes)", c.what, check, got.Status, got.Diff, len(got.Diff))
			}
		}
	}
}
