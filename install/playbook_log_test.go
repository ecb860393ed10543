package install

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/install/job"
	jetporch "github.com/sluicehq/sluice/jetporch/run"
)

// jetpLogging is a jetp that writes these lines into its log.
func jetpLogging(lines ...string) string {
	return "cat > \"$JET_LOG\" <<'EOF'\n" + strings.Join(lines, "\n") + "\nEOF\n"
}

func started(task string) string { return `{"event":"TASK_START","task":"` + task + `","role":""}` }

func ended(event, task, status string) string {
	return `{"event":"` + event + `","task":"` + task + `","task_status":"` + status + `","host":"localhost"}`
}

func TestTheLogOfJetpSaysWhatEachTaskDid(t *testing.T) {
	t.Parallel()
	const status, summary = "TASK_STATUS", `{"event":"SUMMARY","summary":{}}`
	for name, c := range map[string]struct {
		lines         []string
		changed       bool
		tasks, reason string
	}{
		"changes": {[]string{`{"event":"PLAYBOOK_START"}`, started("a"), ended(status, "a", "IsCreated"), started("b"), ended(status, "b", "IsMatched"),
			started("c"), ended(status, "c", "IsSkipped"), started("d"), ended(status, "d", "IsExecuted"), summary}, true,
			"a changed, b ok, c skipped, d changed", "changed 2 of 3 tasks: a, d; 1 skipped"},
		"no change": {[]string{started("a"), ended(status, "a", "IsMatched"), started("b"), ended(status, "b", "IsPassive"), summary}, false,
			"a ok, b ok", "changed nothing: all 2 tasks are as they should be"},
		"without a summary": {[]string{started("a"), ended(status, "a", "IsMatched")}, true, "a ok", ""},
		"torn":              {[]string{started("a"), ended(status, "a", "IsMatched"), `{"event":"TASK_ST`, summary}, true, "a ok", ""},
		"items, of which one changed": {[]string{started("a"), ended(status, "a", "IsModified"), ended(status, "a", "IsMatched"), summary}, true,
			"a changed", "changed 1 of 1 task: a"},
		"a retry": {[]string{started("a"), `{"event":"TASK_FAILED","task":"a","cmd_out":"busy"}`, ended(status, "a", "IsMatched"), summary}, false,
			"a ok", "changed nothing: its task is as it should be"},
		"an ignored failure": {[]string{started("a"), `{"event":"TASK_FAILED","task":"a","cmd_out":"busy"}`, started("b"), ended(status, "b", "IsMatched"), summary}, true,
			"a failed, b ok", "changed none of 2 tasks; 1 failed"},
		"a status of a later jetp": {[]string{started("a"), ended(status, "a", "IsRotated"), summary}, true, "a changed", "changed 1 of 1 task: a"},
		"two of one name":          {[]string{started("a"), ended(status, "a", "IsCreated"), started("a"), ended(status, "a", "IsMatched"), summary}, true, "a changed, a ok", "changed 1 of 2 tasks: a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			d.jetp(jetpLogging(c.lines...))
			got := d.run(d.addPlaybook(fromMember))
			if a := got.Actions[0]; got.Result != job.Succeeded || a.Changed != c.changed || taskLine(a) != c.tasks || got.Reason != c.reason {
				t.Errorf("%s (%s), changed %v: %s", got.Result, got.Reason, a.Changed, taskLine(a))
			}
		})
	}
}

func TestJetpChecksWithItsOwnCheckMode(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.jetp(`echo "$@"
` + jetpLogging(started("a"), ended("TASK_CHECK_STATUS", "a", "NeedsModification"), started("b"), ended("TASK_STATUS", "b", "IsMatched"), `{"event":"SUMMARY"}`))
	got := d.run(d.addSandboxed(1, checking))
	a := got.Actions[0]
	if got.Result != job.Succeeded || got.Reason != "would change 1 of 2 tasks: a" || !strings.HasPrefix(a.Output, "check-local -p ") || a.Tasks[0].Change != "would be modified" {
		t.Errorf("%s (%s): %+v", got.Result, got.Reason, a)
	}
	d.jetp("exit 0") // one that writes no log
	got = d.run(d.addSandboxed(1, checking))
	if got.Result != job.Succeeded || got.Reason != "checked; the device's jetp does not say what would change" {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
}

func TestAConfiguredCommandWithoutACheckModeRefusesACheck(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.configuration.JetPorchCommand = []string{"/bin/sh", "-c", "echo ran >> \"$SLUICE_ROOT/ran\"", "{playbook}"}
	got := d.run(d.addSandboxed(1, checking))
	if got.Result != job.Refused || !strings.Contains(got.Reason, "has no argument local") || exists(d.root+"/ran") {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
}

// A disk that fills up in the middle of a playbook leaves the reserve for the
// report of its tasks.
func TestTheLongestReportOfAPlaybookFitsIntoTheReserve(t *testing.T) {
	t.Parallel()
	var all tasks
	worst := strings.Repeat("\"<\x01\u2028", 20_000)
	for range 2 * job.MaxTasks {
		all.add(jetporch.Event{Task: worst, Role: worst, Status: jetporch.Changed, Change: worst, Output: worst, Diff: strings.Repeat("+\"\"\"\"\n", 1000), Fields: []string{worst}})
	}
	all.add(jetporch.Event{Task: worst, Status: jetporch.Failed, Error: worst})
	diff := 0
	for _, r := range all.reports {
		diff += len(r.Diff)
		if len(r.Diff) > job.MaxTaskDiff || r.Diff != "" && !strings.HasSuffix(r.Diff, "\n") {
			t.Fatalf("a diff of %d bytes ends with %q", len(r.Diff), r.Diff[len(r.Diff)-5:])
		}
	}
	if diff > job.MaxTasksDiff || diff < job.MaxTasksDiff/2 {
		t.Errorf("%d bytes of diffs", diff)
	}
	var output capture
	_, _ = output.Write([]byte(strings.Repeat(worst, 2)))
	e := entry{Event: evFail, Action: 1000, Output: output.String(), Error: limit(plain(worst), maxSentence), Tasks: all.reports, TasksLeftOut: all.leftOut, Counts: &all.counts}
	line, err := encode(e)
	if err != nil || len(line) > reserveSize-16<<10 {
		t.Errorf("a line of %d bytes, %v; the reserve has %d", len(line), err, reserveSize)
	}
	var back entry
	if err := json.Unmarshal(line, &back); err != nil || len(all.counts.Names) > maxNames+len(", …") {
		t.Errorf("%v; %d bytes of names", err, len(all.counts.Names))
	}
	t.Logf("%d bytes", len(line))
}

// What the killed attempt changed is as it should be in the next one, so its
// log says too little.
func TestAfterAKillTheLogOfJetpDoesNotDecide(t *testing.T) {
	t.Parallel()
	again := 0
	for n := 1; !t.Failed(); n++ {
		d := newDevice(t)
		d.jetp(jetpLogging(started("a"), ended("TASK_STATUS", "a", "IsMatched"), `{"event":"SUMMARY"}`))
		dir := d.addPlaybook(fromMember)
		killed, _, _ := d.process(dir, n)
		d.untilFree(dir)
		got := d.run(dir)
		a := got.Actions[0]
		if a.Changed != (a.Attempts > 1) || (got.Reason == "") != a.Changed {
			t.Errorf("point %d: %d attempts, changed %v (%s)", n, a.Attempts, a.Changed, got.Reason)
		}
		again += a.Attempts - 1
		if !killed {
			break
		}
	}
	if again == 0 {
		t.Error("no attempt was killed")
	}
}
