package install

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

func makeFIFO(t *testing.T, path string) {
	t.Helper()
	check(t, syscall.Mkfifo(path, 0o600))
}

func timed(a sup.Action, seconds int) sup.Action {
	a.TimeoutSeconds = seconds
	return a
}

// gone waits for the other end of a pipe to be closed by everyone who has it:
// the write end is inherited by every child of a script.
func TestAScriptThatHangsForksAndIgnoresTermIsEndedWithItsChildren(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"hangs":        `sleep 600`,
		"ignores term": `trap '' TERM; while :; do sleep 600; done`,
		"forks":        `(trap '' TERM; sleep 600) & (sleep 600) & sleep 600`,
		"closes all":   `exec >&- 2>&- <&-; sleep 600`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			alive := filepath.Join(d.base, "alive")
			makeFIFO(t, alive)
			ended := make(chan error)
			go func() { // ends when the last process that holds the pipe has ended
				_, err := os.ReadFile(alive)
				ended <- err
			}()
			m := manifest(1, one, timed(act("script.run", `{"source":"s"}`, sup.Rollback), 1))
			got := d.run(d.add(m, files{"m": "m", "s": "exec 9>\"" + alive + "\"\n" + script}))
			if got.Result != job.Inconsistent || !strings.Contains(got.Reason, "it took longer than 1s") {
				t.Errorf("%s (%s)", got.Result, got.Reason)
			}
			check(t, <-ended)
		})
	}
}

func TestAKilledInstallerLeavesNoScriptAtWork(t *testing.T) {
	t.Parallel()
	for _, noted := range []bool{true, false} {
		t.Run(fmt.Sprintf("group noted: %v", noted), func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			alive, in := filepath.Join(d.base, "alive"), filepath.Join(d.base, "in")
			makeFIFO(t, alive)
			makeFIFO(t, in)
			ended := make(chan error)
			go func() {
				_, err := os.ReadFile(alive)
				ended <- err
			}()
			script := `test -e "$SLUICE_ROOT/etc/again" && exit 0; : > "$SLUICE_ROOT/etc/again"
exec 9>"` + alive + `"; (sleep 600) & (setsid sleep 600) & echo > "` + in + `"; sleep 600`
			dir := d.add(manifest(1, act("script.run", `{"source":"s"}`)), files{"s": script})
			cmd := installerProcess(dir, 0)
			if !noted {
				cmd.Env = append(cmd.Env, envStarted+"="+in)
			}
			check(t, cmd.Start())
			if noted {
				_, err := os.ReadFile(in)
				check(t, err)
				check(t, cmd.Process.Kill())
			}
			_ = cmd.Wait()
			if got := d.run(dir); got.Result != job.Succeeded {
				t.Errorf("%s (%s)", got.Result, got.Reason)
			}
			check(t, <-ended)
		})
	}
}

func TestAFloodOfOutputIsCutToValidText(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	script := `echo begin; head -c 20000000 /dev/zero | tr '\0' '\377'; echo; echo end`
	got := d.run(d.add(manifest(1, act("script.run", `{"source":"s"}`)), files{"s": script}))
	out := got.Actions[0].Output
	if got.Result != job.Succeeded || len(out) > job.MaxOutput || !utf8.ValidString(out) ||
		!strings.HasPrefix(out, "begin\n") || !strings.HasSuffix(out, "end\n") || !strings.Contains(out, "bytes left out") {
		t.Errorf("%s, %d bytes: %.40q … %q", got.Result, len(out), out, out[max(0, len(out)-20):])
	}
}

func TestADaemonThatKeepsTheOutputOpenDoesNotHoldTheInstaller(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	got := d.run(d.add(manifest(1, act("script.run", `{"source":"s"}`)), files{"s": `sleep 600 & echo $! > "$SLUICE_ROOT/etc/pid"`}))
	data, err := os.ReadFile(filepath.Join(d.root, "etc/pid"))
	check(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	check(t, err)
	if got.Result != job.Succeeded || syscall.Kill(pid, syscall.SIGKILL) != nil {
		t.Errorf("%s (%s), or the daemon was ended", got.Result, got.Reason)
	}
}

// A daemon that an action started goes on printing, a line and more than a pipe
// holds, and neither ends of it nor stands still.
func TestADaemonMayPrintAfterItsActionEnded(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	gate, said := filepath.Join(d.base, "gate"), filepath.Join(d.base, "said")
	makeFIFO(t, gate)
	makeFIFO(t, said)
	script := `(read x < "` + gate + `"; echo line; head -c 10000000 /dev/zero; echo alive > "` + said + `") &
echo started`
	got := d.run(d.add(manifest(1, act("script.run", `{"source":"s"}`)), files{"s": script}))
	if got.Result != job.Succeeded || got.Actions[0].Output != "started\n" || got.Actions[0].DurationMS >= 2000 {
		t.Errorf("%s (%s) after %d ms: %q", got.Result, got.Reason, got.Actions[0].DurationMS, got.Actions[0].Output)
	}
	answer, err := os.OpenFile(said, os.O_RDWR, 0)
	check(t, err)
	defer answer.Close()
	check(t, os.WriteFile(gate, []byte("go\n"), 0))
	check(t, answer.SetReadDeadline(time.Now().Add(time.Minute)))
	line := make([]byte, 6)
	if _, err := io.ReadFull(answer, line); err != nil || string(line) != "alive\n" {
		t.Errorf("the daemon said %q, %v", line, err)
	}
}

func TestWhatOnlyATerminalUnderstandsIsInNoReport(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	script := `printf 'a\033[31mb\033]0;title\007c\033]52;c;x\033\\d\033Pe\rf\010\302\233g\177\th\n'; exit 1`
	got := d.run(d.add(manifest(1, act("script.run", `{"source":"s"}`)), files{"s": script}))
	if got.Actions[0].Output != "abcdPefg\th\n" || !strings.HasSuffix(got.Reason, ": abcdPefg\th") {
		t.Errorf("output %q, reason %q", got.Actions[0].Output, got.Reason)
	}
}

func TestTheEnvironmentIsClean(t *testing.T) {
	t.Setenv("SECRET_OF_THE_AGENT", "x")
	d := newDevice(t)
	got := d.run(d.add(manifest(1, act("command.run", `{"argv":["env"],"environment":{"DECLARED":"yes"}}`)), nil))
	var names []string
	for line := range strings.Lines(got.Actions[0].Output) {
		name, _, _ := strings.Cut(line, "=")
		names = append(names, name)
	}
	if s := strings.Join(names, " "); s != "PATH HOME LANG DEBIAN_FRONTEND SLUICE_ROOT SLUICE_PACKAGE SLUICE_VERSION SLUICE_STAGING SLUICE_ACTION DECLARED" {
		t.Errorf("got %s", s)
	}
}

func TestTheWholePackageHasATimeout(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	m := manifest(1, act("command.run", `{"argv":["sleep","600"]}`, sup.Continue), one)
	m.TimeoutSeconds = 1
	begun := monotonic()
	got := d.run(d.add(m, files{"m": "m"}))
	if got.Result != job.Failed || statuses(got) != "failed skipped" || !strings.Contains(got.Reason, "the time of the whole package is over") {
		t.Errorf("%s [%s] (%s)", got.Result, statuses(got), got.Reason)
	}
	if took := monotonic() - begun; took > 30*time.Second {
		t.Errorf("took %s", took)
	}
}
