package run_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/jetporch/run"
	"github.com/sluicehq/sluice/jetporch/script"
)

const head = "- name: test\n  groups: [all]\n  tasks:\n"

func stopped() time.Time { return time.Unix(0, 0) }

// start runs a text as a playbook in a folder of its own and answers what is
// printed.
func start(t testing.TB, ctx context.Context, text string, o run.Options) (string, run.Summary, error) {
	t.Helper()
	var out strings.Builder
	summary, err := events(t, ctx, text, o, func(e run.Event) {
		if err := run.Print(&out, e); err != nil {
			t.Error(err)
		}
	})
	return out.String(), summary, err
}

// events is start for a test that looks at the events.
func events(t testing.TB, ctx context.Context, text string, o run.Options, emit func(run.Event)) (run.Summary, error) {
	t.Helper()
	dir := t.TempDir()
	text = strings.ReplaceAll(text, "$WORK", dir)
	o.Dir, o.Now, o.Env, o.Emit = dir, stopped, os.Environ(), emit
	return run.Run(ctx, script.Load("playbook.yml", []byte(text), script.Dir(dir), script.Head), o)
}

func TestATaskThatTakesTooLongIsKilledWithItsChildren(t *testing.T) {
	t.Parallel()
	// The child holds the pipe open until it is dead.
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	dead := make(chan error, 1)
	go func() {
		_, err := os.ReadFile(fifo)
		dead <- err
	}()
	out, _, err := start(t, t.Context(), head+"  - !shell\n    cmd: sleep 600 > "+fifo+" & wait\n", run.Options{TaskTimeout: 300 * time.Millisecond})
	if err == nil || !strings.Contains(out, "the task took longer than 300ms") {
		t.Errorf("got %q, %v", out, err)
	}
	if err := <-dead; err != nil {
		t.Error(err)
	}
}

func TestAChildThatKeepsTheOutputOpenDoesNotHoldTheRun(t *testing.T) {
	t.Parallel()
	out, summary, err := start(t, t.Context(), head+"  - !shell\n    cmd: sleep 600 & echo $!\n", run.Options{})
	if err != nil || summary.Changed != 1 {
		t.Fatal(out, err)
	}
	fields := strings.Fields(out)
	pid, err := strconv.Atoi(fields[len(fields)-1])
	if err != nil {
		t.Fatal(out, err)
	}
	if err := unix.Kill(pid, unix.SIGKILL); err != nil {
		t.Errorf("the child did not outlive its command: %v", err)
	}
}

func TestTheWholeRunEndsWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	out, summary, err := start(t, t.Context(), head+"  - !shell\n    cmd: sleep 600\n    and: { retry: 5 }\n  - !echo\n    msg: never\n",
		run.Options{Timeout: 300 * time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "the whole took longer than 300ms") || summary.Failed != 1 || strings.Contains(out, "never") {
		t.Errorf("got %q, %v, %v", out, summary, err)
	}
}

func TestARunThatIsCancelledSaysWhy(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the operator stopped it"))
	_, _, err := start(t, ctx, head+"  - !file\n    path: $WORK/x\n", run.Options{})
	if err == nil || !strings.Contains(err.Error(), "the operator stopped it") {
		t.Error(err)
	}
}

func TestOutputIsBounded(t *testing.T) {
	t.Parallel()
	out, _, err := start(t, t.Context(), head+"  - !shell\n    cmd: head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end\n", run.Options{})
	if err != nil || len(out) > run.MaxOutput+1000 {
		t.Errorf("%d bytes, %v", len(out), err)
	}
}

// It is not parallel: it counts what the whole process allocates.
func TestOutputOfManyItemsIsBoundedWhileTheyRun(t *testing.T) {
	const items = 60
	text := head + "  - !shell\n    cmd: head -c 1000000 /dev/zero\n    with: { items: [" + strings.Repeat("a, ", items) + "] }\n"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, summary, err := start(t, t.Context(), text, run.Options{})
	runtime.ReadMemStats(&after)
	if err != nil || summary.Changed != 1 {
		t.Fatal(summary, err)
	}
	if each := (after.TotalAlloc - before.TotalAlloc) / items; each > 12<<20 {
		t.Errorf("each item took %d bytes: the more, the more there were before it", each)
	}
}

func TestAPipeInThePlaceOfAFileIsRefusedAndNotWaitedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := unix.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, task := range []string{"!copy\n    src: $PIPE\n    dest: $WORK/x\n", "!template\n    src: $PIPE\n    dest: $WORK/x\n",
		"!external\n    use: $PIPE\n    params: {}\n"} {
		_, _, err := start(t, t.Context(), head+"  - "+strings.ReplaceAll(task, "$PIPE", filepath.Join(dir, "pipe")), run.Options{})
		if err == nil || !strings.Contains(err.Error(), "no regular file") && !strings.Contains(err.Error(), "no module program") {
			t.Errorf("%s: %v", task, err)
		}
	}
	if _, _, err := run.Load(filepath.Join(dir, "pipe")); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Error(err)
	}
}

func TestACopyThatIsRefusedLeavesTheOldFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "conf"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	// A source that is a folder is refused before the old file is touched.
	_, _, err := start(t, t.Context(), head+"  - !copy\n    src: /etc\n    dest: "+dir+"/conf\n", run.Options{})
	text, _ := os.ReadFile(filepath.Join(dir, "conf"))
	left, _ := os.ReadDir(dir)
	if err == nil || string(text) != "old" || len(left) != 1 {
		t.Errorf("%v, %q, %v", err, text, left)
	}
}

func BenchmarkAThousandFilesThatDoNotChange(b *testing.B) {
	dir := b.TempDir()
	var text strings.Builder
	text.WriteString(head)
	for i := range 1000 {
		fmt.Fprintf(&text, "  - !file\n    path: %s/%d\n    attributes: { mode: 0o640 }\n", dir, i)
	}
	if _, _, err := start(b, b.Context(), text.String(), run.Options{}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		_, summary, err := start(b, b.Context(), text.String(), run.Options{})
		if err != nil || summary.OK != 1000 {
			b.Fatal(summary, err)
		}
	}
}

func TestAResumedRunNotifiesForWhatTheEarlierOneMayHaveChanged(t *testing.T) {
	t.Parallel()
	const text = head + "  - !file\n    path: /etc/passwd\n    and: { notify: it }\n  handlers:\n  - !echo\n    msg: handled\n    with: { subscribe: it }\n"
	for _, resumed := range []bool{false, true} {
		out, summary, err := start(t, t.Context(), text, run.Options{Resumed: resumed})
		if err != nil || summary.Changed != 0 || strings.Contains(out, "handled") != resumed {
			t.Errorf("resumed %v: got %q, %v, %v", resumed, out, summary, err)
		}
	}
}
