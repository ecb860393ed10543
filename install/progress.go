package install

import (
	"fmt"
	"time"
)

// maxInterruptions is how often the installer may be started again in the same
// state before it gives that state up.
const maxInterruptions = 8

// progress is what the journal says.
type progress struct {
	run           runState
	steps         map[int]*stepProgress
	startedAt     time.Time
	spent         time.Duration
	resumes       int // all of them
	interruptions int // since the state last moved

	accepted entry // accept
	finished entry // finish
	cause    string
}

// stepProgress is what the journal says of one action.
type stepProgress struct {
	state     stepState
	attempts  int
	startedAt time.Time
	boot      string
	end       entry  // succeed or fail
	undoError string // of keep and unrestored
	failed    bool
}

// step returns the progress of an action; one that was not begun is planned.
func (p *progress) step(n int) stepProgress {
	if s := p.steps[n]; s != nil {
		return *s
	}
	return stepProgress{}
}

// next asks the tables where an entry leads.
func (p *progress) next(e entry) (runState, stepState, error) {
	if e.Action == 0 {
		if to, ok := nextRun(p.run, e.Event); ok {
			return to, "", nil
		}
		return "", "", fmt.Errorf("internal error: event %s does not fit a run that is %q", e.Event, p.run)
	}
	from := p.step(e.Action).state
	if to, ok := nextStep(from, e.Event, p.run); ok {
		return p.run, to, nil
	}
	return "", "", fmt.Errorf("internal error: event %s does not fit action %d that is %q", e.Event, e.Action, from)
}

// apply moves the state by one entry.
func (p *progress) apply(e entry) error {
	run, to, err := p.next(e)
	if err != nil {
		return err
	}
	moved := run != p.run
	p.run = run
	p.spent = time.Duration(e.SpentMS) * time.Millisecond
	if e.Action == 0 {
		p.applyRun(e)
	} else {
		moved = p.applyStep(e, to)
	}
	if moved {
		p.interruptions = 0
	}
	return nil
}

func (p *progress) applyRun(e entry) {
	switch e.Event {
	case evStart:
		p.startedAt = e.At
	case evResume:
		p.resumes++
		p.interruptions++
	case evAccept:
		p.accepted = e
	case evRollBack:
		p.cause = e.Reason
	case evFinish:
		p.finished = e
	}
}

func (p *progress) applyStep(e entry, to stepState) (moved bool) {
	if p.steps == nil {
		p.steps = map[int]*stepProgress{}
	}
	s := p.steps[e.Action]
	if s == nil {
		s = &stepProgress{startedAt: e.At}
		p.steps[e.Action] = s
	}
	moved = s.state != to
	s.state = to
	switch e.Event {
	case evIntend:
		s.attempts++
	case evReboot:
		s.boot = e.Boot
	case evSucceed, evFail:
		s.end, s.failed = e, e.Event == evFail
	case evKeep, evUnrestored:
		s.undoError = e.Error
	}
	return moved
}
