package bench

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/jetporch/lint"
	"github.com/sluicehq/sluice/jetporch/script"
)

const (
	tasks = 1000
	lints = 20
	runs  = 5
	// patience is how long ansible-playbook may run. Where it has not done all
	// tasks by then, its rate is that of those it did.
	patience = 7 * time.Minute
)

// playbook measures the linter, and the runner beside ansible-playbook: both
// as programs, from their start to their end, with the same files, of which
// nothing is to be changed.
func (t *table) playbook(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "sluice")
	build(b, ".", program, "github.com/sluicehq/sluice/cmd/sluice")
	var ours, theirs strings.Builder
	ours.WriteString("- name: files\n  groups: [all]\n  tasks:\n")
	theirs.WriteString("- hosts: localhost\n  connection: local\n  gather_facts: no\n  tasks:\n")
	for i := range tasks {
		path := filepath.Join(dir, "files", fmt.Sprint(i))
		write(b, path, "")
		fmt.Fprintf(&ours, "    - !file\n      name: file %d\n      path: %s\n      attributes: { mode: 0o644 }\n", i, path)
		fmt.Fprintf(&theirs, "    - name: file %d\n      ansible.builtin.file: { path: %s, mode: '0644', state: file }\n", i, path)
	}
	write(b, filepath.Join(dir, "playbook.yml"), ours.String())
	write(b, filepath.Join(dir, "ansible.yml"), theirs.String())

	took := make([]time.Duration, lints)
	for i := range took {
		begin := time.Now()
		if found := lint.Text("playbook.yml", []byte(ours.String()), script.Head, lint.Options{}); len(found) > 0 {
			b.Fatal(found[0])
		}
		took[i] = time.Since(begin)
	}
	t.add(b, row{what: fmt.Sprintf("lint of a playbook of %s tasks", number(tasks)), got: millis(median(took)), unit: "ms", aim: 50, most: true})

	mine := ourRate(b, program, dir)
	done, rate := ansibleRate(b, dir)
	t.add(b, row{what: "file tasks that change nothing", got: mine, unit: "1/s",
		peers: []peer{{fmt.Sprintf("ansible-playbook, %s of the same tasks", number(float64(done))), rate}}})
	if rate > 0 {
		t.add(b, row{what: "the same, as a multiple of ansible-playbook", got: mine / rate, unit: "times", aim: 10})
	}
}

// ourRate is tasks a second, the median of some runs.
func ourRate(b *testing.B, program, dir string) float64 {
	b.Helper()
	took := make([]time.Duration, runs)
	for i := range took {
		begin := time.Now()
		out, err := exec.CommandContext(b.Context(), program, "jetporch", "run", filepath.Join(dir, "playbook.yml")).Output()
		took[i] = time.Since(begin)
		if err != nil || !strings.Contains(string(out), fmt.Sprintf("%d ok, 0 changed", tasks)) {
			b.Fatalf("%v: %s", err, out)
		}
	}
	return tasks / median(took).Seconds()
}

// ansibleRate is the number of tasks done and that a second, with what makes
// ansible fast: no facts gathered, pipelining, the interpreter given. Both
// are 0 without ansible-playbook, which is an error where CI is set.
func ansibleRate(b *testing.B, dir string) (done int, rate float64) {
	b.Helper()
	if _, err := exec.LookPath("ansible-playbook"); err != nil {
		if os.Getenv("CI") != "" {
			b.Fatal("there is no ansible-playbook: apt-get install ansible-core")
		}
		return 0, 0
	}
	ctx, stop := context.WithTimeout(b.Context(), patience)
	defer stop()
	cmd := exec.CommandContext(ctx, "ansible-playbook", "-i", "localhost,", "-e", "ansible_python_interpreter=/usr/bin/python3", filepath.Join(dir, "ansible.yml"))
	cmd.Env = append(os.Environ(), "ANSIBLE_PIPELINING=1", "ANSIBLE_NOCOLOR=1", "ANSIBLE_LOCALHOST_WARNING=False", "HOME="+dir, "LC_ALL=C.UTF-8")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	last := begin
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "ok: [localhost]") {
			done, last = done+1, time.Now()
		}
	}
	if err := cmd.Wait(); err != nil && ctx.Err() == nil || done == 0 {
		b.Fatalf("ansible-playbook, after %d tasks: %v: %s", done, err, &said)
	}
	return done, float64(done) / last.Sub(begin).Seconds()
}
