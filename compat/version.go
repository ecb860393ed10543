package compat

import (
	"fmt"
	"strings"
)

// maxRange bounds the text of a range in bytes.
const maxRange = 256

// Compare orders two version texts as dpkg orders upstream versions (Debian
// Policy 5.6.12): runs of digits by number, everything else letter by letter,
// with '~' before the end of the text. It returns -1, 0 or +1.
func Compare(a, b string) int {
	for a != "" || b != "" {
		var textA, textB string
		textA, a = cut(a, false)
		textB, b = cut(b, false)
		if c := compareText(textA, textB); c != 0 {
			return c
		}
		var numA, numB string
		numA, a = cut(a, true)
		numB, b = cut(b, true)
		if c := compareNumber(numA, numB); c != 0 {
			return c
		}
	}
	return 0
}

// cut splits off the longest head of s made of digits, or of other characters.
func cut(s string, digits bool) (head, rest string) {
	i := 0
	for i < len(s) && isDigit(s[i]) == digits {
		i++
	}
	return s[:i], s[i:]
}

func compareText(a, b string) int {
	for i := 0; i < len(a) || i < len(b); i++ {
		if c := sign(weight(a, i) - weight(b, i)); c != 0 {
			return c
		}
	}
	return 0
}

// weight gives letters before other characters, and '~' before the end.
func weight(s string, i int) int {
	if i >= len(s) {
		return 0
	}
	c := s[i]
	switch {
	case c == '~':
		return -1
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		return int(c)
	default:
		return int(c) + 256
	}
}

func compareNumber(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return sign(len(a) - len(b))
	}
	return strings.Compare(a, b)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// Range is a conjunction of comparisons, written ">=5.10 <7"; the operators
// are =, !=, <, <=, >, >= and a bare version means =. The zero Range holds
// every version, the unknown one included.
type Range struct{ terms []term }

type term struct{ op, version string }

// ParseRange reads a range of at most 256 bytes.
func ParseRange(s string) (Range, error) {
	if len(s) > maxRange {
		return Range{}, fmt.Errorf("cannot read version range: longer than %d bytes", maxRange)
	}
	var r Range
	for _, f := range strings.Fields(s) {
		version := strings.TrimLeft(f, "=!<>")
		op := f[:len(f)-len(version)]
		switch op {
		case "":
			op = "="
		case "=", "!=", "<", "<=", ">", ">=":
		default:
			return Range{}, fmt.Errorf("cannot read version range %q: %q is no operator; use = != < <= > >=", s, op)
		}
		if version == "" {
			return Range{}, fmt.Errorf("cannot read version range %q: %q has no version behind it", s, op)
		}
		r.terms = append(r.terms, term{op, version})
	}
	return r, nil
}

// Contains tells whether the version meets every comparison. The unknown
// version "" meets only the empty range.
func (r Range) Contains(version string) bool {
	for _, t := range r.terms {
		if version == "" || !t.holds(Compare(version, t.version)) {
			return false
		}
	}
	return true
}

func (t term) holds(c int) bool {
	switch t.op {
	case "=":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	default:
		return c >= 0
	}
}
