package control

import (
	"fmt"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/jetporch/lint"
	"github.com/sluicehq/sluice/jetporch/script"
)

// LintScript says what is wrong with a JetPorch script before it is sent.
func LintScript(text string) []script.Finding {
	return lint.Text("script", []byte(text), script.Head, lint.Options{})
}

// checkScript refuses a script that is certain to fail: a finding that is an
// error. What is only suspicious is for the person to judge.
func checkScript(text string) error {
	var errs []script.Finding
	for _, f := range LintScript(text) {
		if f.Severity == script.Error {
			errs = append(errs, f)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	first := fmt.Sprintf("line %d, column %d: %s", errs[0].Pos.Line, errs[0].Pos.Col, errs[0].Sentence)
	if len(errs) > 1 {
		first += fmt.Sprintf("; and %d more", len(errs)-1)
	}
	return fleet.Errorf(fleet.Invalid, "cannot send the script: %s", first)
}
