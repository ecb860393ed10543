package sup

import (
	"errors"
	"fmt"
)

// DecodeParams returns the parameters of an action as a pointer to the
// structure that params.go gives for its type. An unknown type and an unknown
// parameter are errors. Values of config.set are nil, bool, string, int64,
// float64, []any or map[string]any. The values are not judged: Validate does.
func DecodeParams(a Action) (any, error) {
	params, err := decodeExact(a)
	if err != nil {
		return nil, err
	}
	if c, ok := params.(*ConfigSet); ok {
		if _, err := plainNumbers(c.Values); err != nil {
			return nil, fmt.Errorf("values: %v", err)
		}
	}
	return params, nil
}

// decodeExact is DecodeParams with numbers kept as they were written.
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
	params, err := DecodeParams(a)
	if err != nil {
		return err
	}
	return params.(parameters).check(members)
}
