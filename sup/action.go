package sup

import (
	"cmp"
	"errors"
	"fmt"
)

// DecodeParams returns the parameters of an action as a pointer to the
// structure that params.go gives for its type. An unknown type and an unknown
// parameter are errors. Values of config.set are nil, bool, string, []any,
// map[string]any, or json.Number as it was written. The values are not judged:
// Validate does.
func DecodeParams(a Action) (any, error) {
	params, err := decodeExact(a)
	if err != nil {
		return nil, err
	}
	return params, nil
}

// decodeExact is DecodeParams for this package.
func decodeExact(a Action) (parameters, error) {
	t, ok := Lookup(a.Type)
	if !ok {
		return nil, errors.New("there is no such action; `sluice sup actions` lists them")
	}
	params := t.params()
	if len(a.Params) == 0 {
		return params, nil
	}
	if err := decodeStrict(a.Params, params); err != nil {
		return nil, fmt.Errorf("cannot read its parameters: %v", err)
	}
	return params, nil
}

func (a Action) validate(members map[string]bool) error {
	switch a.OnFailure {
	case "", Stop, Continue, Rollback:
	default:
		return fmt.Errorf("on_failure is %s; use stop, continue or rollback", printable(string(a.OnFailure)))
	}
	if a.TimeoutSeconds < 0 || a.TimeoutSeconds > MaxTimeout {
		return fmt.Errorf("its timeout of %d seconds is not between 0 and %d", a.TimeoutSeconds, MaxTimeout)
	}
	params, err := decodeExact(a)
	if err != nil {
		return err
	}
	return cmp.Or(params.check(members), a.checkTime(params))
}

// waiting is what parameters have that let an action wait.
type waiting interface {
	// waits is the least time, in seconds, when everything comes late.
	waits() int
}

// checkTime refuses an action that its own timeout would end while it waits.
func (a Action) checkTime(params parameters) error {
	limit := a.TimeoutSeconds
	if limit == 0 {
		limit = defaultActionTimeout
	}
	if w, ok := params.(waiting); ok && w.waits() >= limit {
		return fmt.Errorf("it may wait for %d seconds, and its timeout is %d; raise timeout_seconds of the action", w.waits(), limit)
	}
	return nil
}

func (p *Reboot) waits() int { return p.DelaySeconds }

func (p *CheckCommand) waits() int { return pauses(p.Attempts, 1, p.Interval) }

func (p *CheckHTTP) waits() int { return pauses(p.Attempts, DefaultHTTPAttempts, p.Interval) }

// pauses is the time between attempts.
func pauses(attempts, otherwise, interval int) int {
	if attempts == 0 {
		attempts = otherwise
	}
	return (attempts - 1) * max(interval, 1)
}
