package view

import "strconv"

// Finding is something in a script that is wrong or suspicious.
type Finding struct {
	File         string // "" where there is only one
	Line, Column int    // from 1; line 0 where there is no such place
	Warning      bool   // a trap; else it is an error, and the script is not sent
	Sentence     string
	Mend         string // what to write instead; may be empty
}

// Findings are those of one script, in the order of its lines.
type Findings []Finding

// Warnings are those that a person may decide to live with.
func (list Findings) Warnings() Findings {
	var warnings Findings
	for _, f := range list {
		if f.Warning {
			warnings = append(warnings, f)
		}
	}
	return warnings
}

func (list Findings) errors() int { return len(list) - len(list.Warnings()) }

// Summary counts the findings: "2 errors, 1 warning".
func (list Findings) Summary() string {
	var errors, warnings string
	if n := list.errors(); n > 0 {
		errors = Count(n, "error")
	}
	if n := len(list.Warnings()); n > 0 {
		warnings = Count(n, "warning")
	}
	return joined(", ", errors, warnings)
}

// Refusal says why what has the findings cannot be sent; "" where it can.
func (list Findings) Refusal() string {
	switch n := list.errors(); n {
	case 0:
		return ""
	case 1:
		return "The script has an error. Mend it first."
	default:
		return "The script has " + Count(n, "error") + ". Mend them first."
	}
}

func (f Finding) badge() Badge {
	if f.Warning {
		return badge("pending", "▲", "warning")
	}
	return badge("fail", "✕", "error")
}

// place is FILE:LINE:COLUMN, as far as there is one.
func (f Finding) place() string {
	at := f.File
	if f.Line > 0 {
		at = joined(":", at, strconv.Itoa(f.Line), strconv.Itoa(f.Column))
	}
	return at
}

// line is a number beside a script, and what was found in its line.
type line struct {
	number int
	hue    string // of the worst finding; "" for none
	title  string
}

// shownLines is how many lines a script has at least, so that there is room.
const shownLines = 12

// numbered are the numbers of so many lines, with the findings.
func (list Findings) numbered(count int) []line {
	lines := make([]line, max(shownLines, count))
	for i := range lines {
		lines[i].number = i + 1
	}
	for _, f := range list {
		if f.Line < 1 || f.Line > len(lines) {
			continue
		}
		at := &lines[f.Line-1]
		at.title = joined("\n", at.title, f.Sentence)
		if at.hue != "hue-fail" {
			at.hue = f.badge().Hue
		}
	}
	return lines
}
