package api

import (
	"context"

	"github.com/sluicehq/sluice/control"
)

// ScriptFinding is one thing that is wrong, or suspicious, in a script.
type ScriptFinding struct {
	File     string `json:"file" doc:"Of a bundle, where it lies in it; script for one that was typed"`
	Line     int    `json:"line" doc:"From 1; 0 where there is no such place"`
	Column   int    `json:"column" doc:"From 1, in characters"`
	Severity string `json:"severity" enum:"error,warning" doc:"An error is refused when the script is sent"`
	Code     string `json:"code" doc:"Stable, see docs/jetporch.md"`
	Sentence string `json:"sentence"`
	Mend     string `json:"mend,omitempty" doc:"What to write instead"`
}

type lintInput struct {
	Body struct {
		Script string `json:"script" minLength:"1" maxLength:"262144" doc:"YAML"`
	}
}

// lintAnswer has no findings where nothing is wrong.
type lintAnswer struct {
	Findings []ScriptFinding `json:"findings" nullable:"false"`
}

// lintScript checks a JetPorch script; nothing is kept or sent.
func (a *API) lintScript(_ context.Context, in *lintInput) (*output[lintAnswer], error) {
	return answer(lintAnswer{findingsOf(control.LintScript(in.Body.Script))}, nil, func(l lintAnswer) lintAnswer { return l })
}

func findingsOf(found []control.Finding) []ScriptFinding {
	return each(found, func(f control.Finding) ScriptFinding {
		return ScriptFinding{File: f.File, Line: f.Pos.Line, Column: f.Pos.Col, Severity: string(f.Severity), Code: string(f.Code),
			Sentence: f.Sentence, Mend: f.Mend}
	})
}
