package template

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sluicehq/sluice/jetporch/value"
)

// literal reads a text, number, truth value, null, list or map. It answers
// false where none begins; then nothing is read.
func (s *scanner) literal(depth int) (literal, bool, *Error) {
	s.space()
	at := s.i
	switch {
	case at >= len(s.src) || depth > maxDepth:
		return literal{}, false, nil
	case s.src[at] == '"' || s.src[at] == '\'':
		return s.text()
	case s.src[at] == '[':
		return s.list(depth)
	case s.src[at] == '{':
		return s.object(depth)
	}
	for _, w := range []struct {
		word string
		v    any
	}{{"true", true}, {"false", false}, {"null", nil}} {
		if s.word(w.word) {
			s.i += len(w.word)
			return literal{at, w.v}, true, nil
		}
	}
	return s.number()
}

var digits = regexp.MustCompile(`^-?[0-9]+\.?[0-9]*(E-?[0-9]+)?`)

func (s *scanner) number() (literal, bool, *Error) {
	at := s.i
	text := digits.FindString(s.src[at:])
	if text == "" {
		return literal{}, false, nil
	}
	if r, _ := utf8.DecodeRuneInString(s.src[at+len(text):]); at+len(text) < len(s.src) && plain(r) {
		return literal{}, false, nil
	}
	v, err := value.FromYAML([]byte(text))
	switch v.(type) {
	case int64, uint64, float64:
	default:
		return literal{}, false, errorAt(at, "%s is no number", text)
	}
	if err != nil || !json.Valid([]byte(text)) {
		return literal{}, false, errorAt(at, "%s is no number", text)
	}
	s.i += len(text)
	return literal{at, v}, true, nil
}

// list reads [a, b]. What is none, as [a b], is a name in square brackets.
func (s *scanner) list(depth int) (literal, bool, *Error) {
	at := s.i
	out := []any{}
	s.i++
	for first := true; !s.skip("]"); first = false {
		if !first && !s.skip(",") {
			s.i = at
			return literal{}, false, nil
		}
		v, ok, err := s.literal(depth + 1)
		if err != nil || !ok {
			s.i = at
			return literal{}, false, nil
		}
		out = append(out, v.v)
	}
	return literal{at, out}, true, nil
}

func (s *scanner) object(depth int) (literal, bool, *Error) {
	at := s.i
	wrong := errorAt(at, "the map that begins here is no JSON")
	out := &value.Map{}
	s.i++
	for first := true; !s.skip("}"); first = false {
		if !first && !s.skip(",") || s.peek() != '"' {
			return literal{}, false, wrong
		}
		key, _, err := s.text()
		if err != nil {
			return literal{}, false, err
		}
		if !s.skip(":") {
			return literal{}, false, wrong
		}
		v, ok, err := s.literal(depth + 1)
		if err != nil {
			return literal{}, false, err
		}
		if !ok {
			return literal{}, false, wrong
		}
		out.Set(key.v.(string), v.v)
	}
	return literal{at, out}, true, nil
}

// text reads a quoted text: with double quotes it is one of JSON.
func (s *scanner) text() (literal, bool, *Error) {
	at, n := s.i, quoted(s.src[s.i:])
	if n < 0 {
		return literal{}, false, errorAt(at, "the text that begins here has no closing quote")
	}
	whole := s.src[at : at+n]
	s.i += n
	if whole[0] == '\'' {
		return literal{at, single.Replace(whole[1 : n-1])}, true, nil
	}
	var text string
	if err := json.Unmarshal([]byte(whole), &text); err != nil {
		return literal{}, false, errorAt(at, "the text that begins here is none of JSON")
	}
	return literal{at, text}, true, nil
}

var single = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r", `\"`, `"`, `\'`, `'`, `\\`, `\`, `\/`, `/`)

// quoted is the length of the quoted text that s begins with, or -1.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i + 1
		}
	}
	return -1
}
