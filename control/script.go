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

func checkScript(text string, acceptWarnings bool) error {
	return judge("cannot send the script", LintScript(text), acceptWarnings)
}

// judge refuses a playbook that is certain to fail: a finding that is an
// error. What is only suspicious is for the person to judge: it is
// fleet.Unconfirmed until the warnings are accepted.
func judge(refusal string, findings []Finding, acceptWarnings bool) error {
	code, worst := fleet.Invalid, script.Error
	if !script.HasError(findings) {
		code, worst = fleet.Unconfirmed, script.Warning
	}
	var told []Finding
	for _, f := range findings {
		if f.Severity == worst {
			told = append(told, f)
		}
	}
	if len(told) == 0 || worst == script.Warning && acceptWarnings {
		return nil
	}
	sentence := refusal + ": " + place(told[0]) + told[0].Sentence
	switch more := len(told) - 1; {
	case worst == script.Warning && more == 0:
		sentence = refusal + " before its warning is accepted: " + place(told[0]) + told[0].Sentence
	case worst == script.Warning:
		sentence = fmt.Sprintf("%s before its %d warnings are accepted: %s%s; and %d more", refusal, len(told), place(told[0]), told[0].Sentence, more)
	case more > 0:
		sentence += fmt.Sprintf("; and %d more", more)
	}
	return &scriptError{fleet.Errorf(code, "%s", sentence), findings}
}

// place says where a finding is, "" where it is nowhere.
func place(f script.Finding) string {
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
