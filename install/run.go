package install

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// Timeouts where the package gives none.
const (
	defaultRunTimeout    = time.Hour
	defaultActionTimeout = 10 * time.Minute
)

var (
	// ErrInterrupted means that ctx ended before the job: start it again.
	ErrInterrupted = errors.New("the installer was interrupted; start it again to go on")
	// ErrRebooting means that the device was asked to reboot: start the
	// installer again when it is up.
	ErrRebooting = errors.New("the device is about to reboot; the remaining actions run when the installer is started after it")
)

// Options are what a caller chooses. Now stamps reports and decides nothing.
type Options struct {
	Now func() time.Time

	// Tests end the process at a fault point and shorten the waits.
	fault     func(point string)
	termGrace time.Duration
	wait      func(context.Context, time.Duration) error
	// wholeDevice gives the playbooks of tests the machine for their root, in
	// which they name the folder that stands for the device: so their programs
	// need no chroot, and no root to make one.
	wholeDevice bool
}

func (o Options) withDefaults() Options {
	if o.fault == nil {
		o.fault = func(string) {}
	}
	if o.termGrace == 0 {
		o.termGrace = termGrace
	}
	if o.wait == nil {
		o.wait = wait
	}
	return o
}

// run is one start of the installer.
type run struct {
	dir      string
	job      job.Job
	options  Options
	journal  *journal
	tree     *tree
	manifest *sup.Manifest // nil until it is accepted
	before   time.Duration // spent by earlier starts
	begun    time.Duration // monotonic
	damage   *damageError  // of the journal
}

// Run brings the job in dir to its end, from wherever an earlier start left
// it, and returns the confirmation as it is on disk. A job that has ended is
// not run again. The error is nil when the confirmation is final, whatever its
// result; otherwise ErrInterrupted, ErrRebooting, job.ErrLocked (another
// installer is at work), or why nothing could be written down.
func Run(ctx context.Context, dir string, options Options) (job.Confirmation, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return job.Confirmation{}, fmt.Errorf("cannot find the job: %w", err)
	}
	j, err := job.Open(dir)
	if err != nil {
		return job.Confirmation{}, err
	}
	locks, err := lockBoth(dir, j.StateDir)
	if err != nil {
		return job.Confirmation{}, err
	}
	defer locks.release()
	if job.Finished(dir) {
		return job.ReadConfirmation(dir)
	}
	if err := job.Claim(j.StateDir, dir); err != nil {
		return job.Confirmation{}, err
	}
	r, err := open(dir, j, options.withDefaults())
	if err != nil {
		return job.Confirmation{}, err
	}
	defer r.close()
	if r.damage != nil {
		return r.abandon()
	}
	if err := r.process(ctx); err != nil {
		return r.confirmation(), err
	}
	return r.confirmation(), nil
}

func open(dir string, j job.Job, options Options) (*run, error) {
	r := &run{dir: dir, job: j, options: options, begun: monotonic()}
	root, err := os.OpenRoot(j.Root)
	if err != nil {
		return nil, fmt.Errorf("cannot open the device's root: %w", err)
	}
	r.tree = &tree{root: root, dir: j.Root, fault: options.fault}
	if r.journal, err = openJournal(dir, options.fault); errors.As(err, &r.damage) {
		return r, nil
	}
	if err != nil {
		root.Close()
		return nil, err
	}
	r.before = r.journal.state.spent
	return r, nil
}

func (r *run) close() {
	if r.journal.log != nil {
		r.journal.log.close()
	}
	r.tree.root.Close()
}

// process goes through the states of the run.
func (r *run) process(ctx context.Context) error {
	if r.state().run == runFinished {
		if r.state().accepted.Manifest != "" {
			if err := r.readManifest(); err != nil {
				return err
			}
		}
		return r.complete()
	}
	if err := r.begin(); err != nil || r.state().run == runFinished {
		return err
	}
	if r.state().run == runVerifying {
		if err := r.verify(ctx); err != nil || r.state().run == runFinished {
			return err
		}
	} else if err := r.readManifest(); err != nil {
		return r.finish(job.Inconsistent, fmt.Sprintf("the installer cannot go on: %v", err))
	}
	if r.state().run == runRunning {
		if err := r.forward(ctx); err != nil || r.state().run == runFinished {
			return err
		}
	}
	return r.back(ctx)
}

// begin notes that the installer was started.
func (r *run) begin() error {
	if r.state().run == runNew {
		if err := r.journal.append(r.entry(evStart, 0)); err != nil {
			return err
		}
		if err := errors.Join(r.journal.hold(), r.forgetGroup()); err != nil {
			return r.finish(job.Failed, sentence(err))
		}
		return nil
	}
	if err := r.journal.append(r.entry(evResume, 0)); err != nil {
		return err
	}
	_ = r.journal.hold() // where there is no room, the next action fails and says so
	return r.endOrphans()
}

func (r *run) state() *progress { return &r.journal.state }

// entry makes a line for the journal.
func (r *run) entry(on event, action int) entry {
	spent := r.before + monotonic() - r.begun
	return entry{Event: on, Action: action, At: r.options.Now().UTC(), SpentMS: spent.Milliseconds()}
}

// about names the package in the entry, where it is known.
func (e entry) about(m *sup.Manifest) entry {
	if m != nil {
		e.Package, e.Version, e.Counter = m.Name, m.Version, m.ReleaseCounter
	}
	return e
}

func (r *run) manifestPath() string { return filepath.Join(r.dir, "manifest.json") }

func (r *run) stagingDir() string { return filepath.Join(r.job.StateDir, "staging", r.job.ID) }

// readManifest reads the copy of the manifest that the journal vouches for.
func (r *run) readManifest() error {
	data, err := os.ReadFile(r.manifestPath())
	if err != nil {
		return fmt.Errorf("cannot read the accepted manifest: %w", err)
	}
	if hash(data) != r.state().accepted.Manifest {
		return errors.New("cannot read the accepted manifest: it is not what was accepted")
	}
	var m sup.Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return fmt.Errorf("cannot read the accepted manifest: %v", err)
	}
	r.manifest = &m
	return nil
}
