package control

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/jetporch/lint"
	"github.com/sluicehq/sluice/jetporch/script"
)

// typedName is the file of a script that was typed, in its findings.
const typedName = "script"

// Finding is one thing that is wrong, or suspicious, in a script or bundle.
type Finding = script.Finding

// LintScript says what is wrong with a JetPorch script before it is sent.
func LintScript(text string) []Finding {
	return lint.Text(typedName, []byte(text), script.Head, lint.Options{})
}

// scriptError is a refusal with everything that was found.
type scriptError struct {
	error
	findings []Finding
}

func (e *scriptError) Unwrap() error { return e.error }

// Findings are what was found in a script or bundle that was refused, or that
// has to be confirmed; nil for any other error.
func Findings(err error) []Finding {
	var e *scriptError
	if errors.As(err, &e) {
		return e.findings
	}
	return nil
}

// scriptRefusal begins every sentence that refuses a typed script.
const scriptRefusal = "cannot send the script"

func checkScript(text string, acceptWarnings bool) error {
	return judge(scriptRefusal, LintScript(text), acceptWarnings)
}

// judge refuses a playbook that is certain to fail: a finding that is an
// error. What is only suspicious is for the person to judge: it is
// fleet.Unconfirmed until the warnings are accepted.
func judge(refusal string, findings []Finding, acceptWarnings bool) error {
	var errs, warnings []Finding
	for _, f := range findings {
		if f.Severity == script.Error {
			errs = append(errs, f)
		} else {
			warnings = append(warnings, f)
		}
	}
	switch {
	case len(errs) > 0:
		return &scriptError{fleet.Errorf(fleet.Invalid, "%s: %s", refusal, tell(errs)), findings}
	case len(warnings) > 0 && !acceptWarnings:
		claim := "its warning is"
		if len(warnings) > 1 {
			claim = fmt.Sprintf("its %d warnings are", len(warnings))
		}
		return &scriptError{fleet.Errorf(fleet.Unconfirmed, "%s before %s accepted: %s", refusal, claim, tell(warnings)), findings}
	}
	return nil
}

// tell names the first finding, and how many there are beside it.
func tell(found []Finding) string {
	first := place(found[0]) + found[0].Sentence
	if len(found) > 1 {
		first += fmt.Sprintf("; and %d more", len(found)-1)
	}
	return first
}

// place says where a finding is, "" where it is nowhere.
func place(f Finding) string {
	var parts []string
	if f.File != typedName {
		parts = append(parts, f.File)
	}
	if f.Pos.Line > 0 {
		parts = append(parts, fmt.Sprintf("line %d, column %d", f.Pos.Line, f.Pos.Col))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + ": "
}
