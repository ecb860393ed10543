package lint

import (
	"fmt"

	"github.com/sluicehq/sluice/jetporch/script"
)

// Options says what is known beside the bundle.
type Options struct {
	ExtraVars []string // names that are given when it runs
}

// Text checks a single playbook.
func Text(name string, source []byte, profile script.Profile, o Options) []script.Finding {
	return Bundle(script.Load(name, source, nil, profile), o)
}

// Bundle checks a loaded bundle. The findings of loading it are among the
// answer, which is in the order of files and lines.
func Bundle(b *script.Bundle, o Options) []script.Finding {
	l := &linter{b: b, findings: append([]script.Finding{}, b.Findings...), bodies: map[string]bool{}, again: map[string]bool{}}
	l.collect(o)
	for _, p := range b.Plays {
		l.play(p)
	}
	b.Tasks(l.task)
	l.events()
	return script.Sort(l.findings)
}

type linter struct {
	b        *script.Bundle
	findings []script.Finding
	bodies   map[string]bool // template files already checked

	names   map[string]origin // every variable that something defines
	facts   bool              // jet_… are known
	sudo    bool              // some play has sudo
	winners map[string]bool   // names that vars define, above set and save
	always  map[string]bool   // names that a task without condition sets or saves
	lists   map[string][]entry
	again   map[string]bool // names that were set to a list or map
}

// origin says how a variable comes to be.
type origin int

const (
	given   origin = 1 << iota // defaults, vars, files, extra vars, facts
	byText                     // set to a text
	bySet                      // set to something else
	byShell                    // saved by a command, absent in check mode
	byStat
)

// maxFindings is where the linter stops looking: a file with so many is no
// playbook.
const maxFindings = 500

func (l *linter) full() bool { return len(l.findings) >= maxFindings }

func (l *linter) report(f *script.File, code script.Code, at script.Pos, mend, sentence string, args ...any) {
	if l.full() {
		return
	}
	l.findings = append(l.findings, script.Finding{File: f.Name, Pos: at, Severity: code.Severity(), Code: code,
		Sentence: fmt.Sprintf(sentence, args...), Mend: mend})
}
