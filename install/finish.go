package install

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/sluicehq/sluice/install/job"
)

// maxSentence bounds an error or a reason, in bytes.
const maxSentence = 2 << 10

// sentence is an error in one line of a report.
func sentence(err error) string {
	return limit(plain(strings.ReplaceAll(err.Error(), "\n", "; ")), maxSentence)
}

// finish ends the run. The release counter rises before the journal says so,
// so that no restart can find a success without it.
func (r *run) finish(result job.Result, reason string) error {
	if err := r.startRuntime(); err != nil {
		reason = fmt.Sprintf("%s; the runtime could not be started: %v", reason, err)
	}
	if err := os.Remove(r.journal.reserve); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot free the journal's room: %w", err)
	}
	if result == job.Succeeded && !r.job.Check {
		counters, err := job.OpenCounters(r.job.StateDir)
		if err != nil {
			return err
		}
		if err := counters.Raise(r.manifest.Name, r.manifest.ReleaseCounter); err != nil {
			return err
		}
		r.options.fault("counter raised")
	}
	e := r.entry(evFinish, 0).about(r.manifest)
	e.Result, e.Reason = result, limit(plain(reason), 2*maxSentence)
	if err := r.journal.append(e); err != nil {
		return err
	}
	return r.complete()
}

// complete cleans up behind a finished run and writes the final confirmation,
// which is the last thing that happens: where it is there, all is done.
func (r *run) complete() error {
	for _, dir := range []string{r.stagingDir(), job.UndoPath(r.dir), r.jetPorchDir()} {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("cannot clean up: %w", err)
		}
		r.options.fault("cleaned up")
	}
	for _, path := range []string{r.journal.reserve, r.groupPath()} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cannot clean up: %w", err)
		}
	}
	err := job.WriteConfirmation(r.dir, r.job.LogsDir, r.confirmation())
	r.options.fault("final confirmation written")
	return err
}

// startRuntime brings the agent's runtime up where the package stopped it and
// did not start it again: a device whose runtime is down reports to no one.
func (r *run) startRuntime() error {
	stopped := 0
	if r.manifest == nil || r.state().run == runVerifying {
		return nil
	}
	for i, action := range r.manifest.Actions {
		switch state := r.state().step(i + 1).state; {
		case action.Type == "runtime.stop" && state != stepPlanned && state != stepUndone:
			stopped = i + 1
		case (action.Type == "runtime.start" || action.Type == "firmware.update") && state == stepDone:
			stopped = 0
		}
	}
	if stopped == 0 {
		return nil
	}
	s, err := r.newStep(stopped, false)
	if err != nil {
		return err
	}
	defer s.close()
	return s.within(context.Background(), startRuntime)
}
