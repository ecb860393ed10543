package template

import (
	"strings"
	"unicode/utf8"
)

// scanner reads the inside of a tag; i is a place in the template.
type scanner struct {
	src string
	i   int
}

func (s *scanner) space() {
	for s.i < len(s.src) && strings.IndexByte(white, s.src[s.i]) >= 0 {
		s.i++
	}
}

// peek is the next byte that is no space, or 0 at the end.
func (s *scanner) peek() byte {
	if s.space(); s.i < len(s.src) {
		return s.src[s.i]
	}
	return 0
}

// skip passes a text, if it is next.
func (s *scanner) skip(text string) bool {
	s.space()
	if !strings.HasPrefix(s.src[s.i:], text) {
		return false
	}
	s.i += len(text)
	return true
}

// word tells whether w is the next word.
func (s *scanner) word(w string) bool {
	rest, ok := strings.CutPrefix(s.src[s.i:], w)
	r, _ := utf8.DecodeRuneInString(rest)
	return ok && (rest == "" || !plain(r))
}

// call reads a helper with arguments, or a lone path or (…).
func (s *scanner) call(depth int) (call, *Error) {
	s.space()
	before := s.i
	c := call{at: s.i}
	if name := s.identifier(); name != "" {
		if err := s.arguments(&c, depth); err != nil {
			return c, err
		}
		if len(c.args)+len(c.hash) > 0 {
			c.head = &path{at: before, text: name, segs: []string{name}}
			return c, nil
		}
	}
	s.i = before
	var err *Error
	c.head, err = s.head(depth)
	return c, err
}

// head reads a path or (…).
func (s *scanner) head(depth int) (expr, *Error) {
	if s.peek() == '(' {
		return s.brackets(depth)
	}
	return s.path()
}

// line reads what a block begins with: a name and its arguments, if any.
func (s *scanner) line() (call, *Error) {
	c := call{at: s.i}
	name := s.identifier()
	if name == "" {
		return c, s.wrongName()
	}
	c.head = &path{at: c.at, text: name, segs: []string{name}}
	return c, s.arguments(&c, 0)
}

// arguments reads arguments with and without names.
func (s *scanner) arguments(c *call, depth int) *Error {
	for {
		switch next := s.peek(); {
		case next == 0, next == ')', next == '|', next == '}', next == '~', s.word("as"), s.word("else"):
			return nil
		case next == '.' && !strings.HasPrefix(s.src[s.i:], "./") && !strings.HasPrefix(s.src[s.i:], "../"), next == '/':
			if len(c.args)+len(c.hash) == 0 {
				return nil // the name before it is a path
			}
		}
		key := s.hashKey()
		v, err := s.param(depth)
		switch {
		case err != nil:
			return err
		case key != "":
			c.hash = append(c.hash, hashArg{key, v})
		default:
			c.args = append(c.args, v)
		}
	}
}

// as reads "as |a b|".
func (s *scanner) as() ([]string, *Error) {
	if s.peek(); !s.word("as") {
		return nil, nil
	}
	s.i += 2
	if !s.skip("|") {
		return nil, errorAt(s.i, "the names after \"as\" stand between |")
	}
	var names []string
	for s.peek() != '|' {
		name := s.identifier()
		if name == "" {
			return nil, errorAt(s.i, "the names after \"as\" are not closed with |")
		}
		names = append(names, name)
	}
	if len(names) == 0 || len(names) > 2 {
		return nil, errorAt(s.i, "one or two names stand between the bars after \"as\"")
	}
	s.i++
	return names, nil
}

// hashKey passes the name and the = before an argument with a name.
func (s *scanner) hashKey() string {
	before := s.i
	if name := s.identifier(); name != "" && s.skip("=") {
		return name
	}
	s.i = before
	return ""
}

// param reads an argument.
func (s *scanner) param(depth int) (expr, *Error) {
	if depth > maxDepth {
		return nil, errorAt(s.i, "brackets are more than %d levels deep", maxDepth)
	}
	c := s.peek()
	if s.word("as") || s.word("else") {
		return nil, errorAt(s.i, "a name or a value is expected here")
	}
	if c == '(' {
		return s.brackets(depth)
	}
	if v, ok, err := s.literal(0); ok || err != nil {
		return v, err
	}
	return s.path()
}

// brackets reads (…).
func (s *scanner) brackets(depth int) (expr, *Error) {
	open := s.i
	if depth > maxDepth {
		return nil, errorAt(open, "brackets are more than %d levels deep", maxDepth)
	}
	s.i++
	c, err := s.call(depth + 1)
	if err != nil {
		return nil, err
	}
	switch s.peek() {
	case ')':
		s.i++
		return &c, nil
	case 0, '}', '~':
		return nil, errorAt(open, "the bracket that opens here is not closed")
	}
	return nil, s.unexpected(open)
}

// partial reads {{> name context}}.
func (s *scanner) partial(p *piece) *Error {
	p.kind = partialPiece
	s.space()
	from := s.i
	if strings.HasPrefix(s.src[s.i:], "'") {
		n := quoted(s.src[s.i:])
		if n < 3 {
			return errorAt(s.i, "the name of a partial is missing")
		}
		s.i += n
		p.name = s.src[from+1 : s.i-1]
	} else {
		for s.i < len(s.src) && (s.src[s.i] == '/' || s.src[s.i] == '.' || plain(rune(s.src[s.i]))) {
			s.i++
		}
		p.name = s.src[from:s.i]
	}
	if p.name == "" {
		return s.wrongName()
	}
	if err := s.arguments(&p.call, 0); err != nil {
		return err
	}
	if len(p.call.args) > 1 || len(p.call.hash) > 0 {
		return errorAt(p.start, "a partial takes one argument at most")
	}
	return nil
}
