package script

import (
	"cmp"
	"fmt"
	"slices"
)

// Pos is a place in a file; lines and columns count from 1, columns in
// characters. Line 0 means that there is no such place.
type Pos struct {
	Line int `json:"line"`
	Col  int `json:"column"`
}

// Severity says whether a playbook can run with a finding.
type Severity string

// The severities. An error is refused by jetp or certain to fail; a warning is
// a trap.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is one thing that is wrong, or suspicious, at one place.
type Finding struct {
	File     string   `json:"file"`
	Pos      Pos      `json:"position"`
	Severity Severity `json:"severity"`
	Code     Code     `json:"code"`
	Sentence string   `json:"sentence"`
	Mend     string   `json:"mend,omitempty"` // what to write instead; may be empty
}

// String is the line that "sluice jetporch lint" prints.
func (f Finding) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s %s: %s", f.File, f.Pos.Line, f.Pos.Col, f.Severity, f.Code, f.Sentence)
	if f.Mend != "" {
		s += "; " + f.Mend
	}
	return s
}

// Sort orders findings by file and place, and drops repeated ones.
func Sort(all []Finding) []Finding {
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Col, b.Pos.Col), cmp.Compare(a.Code, b.Code))
	})
	return slices.Compact(all)
}

// HasError tells whether one of the findings is an error.
func HasError(all []Finding) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Severity == Error })
}
