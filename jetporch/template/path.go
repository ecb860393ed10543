package template

import (
	"strings"
	"unicode/utf8"
)

// path reads a name with the names below it.
func (s *scanner) path() (*path, *Error) {
	s.space()
	p := &path{at: s.i}
	s.current()
	if strings.HasPrefix(s.src[s.i:], "@root.") || strings.HasPrefix(s.src[s.i:], "@root/") {
		p.root, s.i = true, s.i+len("@root.")
	}
	at := s.i
	local := s.i < len(s.src) && s.src[s.i] == '@'
	if local {
		s.i++
	}
	for strings.HasPrefix(s.src[s.i:], "../") || strings.HasPrefix(s.src[s.i:], "...") {
		p.up, s.i = p.up+1, s.i+3
	}
	if err := s.segments(p); err != nil {
		return nil, err
	}
	p.text = s.src[p.at:s.i]
	if !local {
		return p, nil
	}
	if len(p.segs) > 0 {
		p.local, p.segs = p.segs[0], nil
	}
	switch p.local {
	case "index", "key", "first", "last":
		return p, nil
	case "root":
		return nil, errorAt(at, "@root alone cannot be read; write @root and a name, as in @root.name")
	}
	return nil, errorAt(at, "@%s does not exist; there are @root.name, @index, @key, @first and @last", p.local)
}

// current passes "this." or "./" before a name.
func (s *scanner) current() {
	for _, word := range []string{"this.", "this/", "./"} {
		rest, ok := strings.CutPrefix(s.src[s.i:], word)
		if !ok {
			continue
		}
		r, _ := utf8.DecodeRuneInString(rest)
		if plain(r) || r == '[' || r == '@' || strings.HasPrefix(rest, "../") {
			s.i += len(word)
		}
		return
	}
}

// segments reads names divided by . or /, each plain or in square brackets.
// The name "this" changes nothing.
func (s *scanner) segments(p *path) *Error {
	for n := 0; ; n++ {
		seg, err := s.segment()
		if err != nil {
			return err
		}
		if seg != "this" {
			p.segs = append(p.segs, seg)
		}
		if n >= maxDepth {
			return errorAt(p.at, "the path has more than %d names", maxDepth)
		}
		if s.i+1 >= len(s.src) || s.src[s.i] != '.' && s.src[s.i] != '/' {
			return nil
		}
		if r, _ := utf8.DecodeRuneInString(s.src[s.i+1:]); r != '[' && !plain(r) {
			return nil
		}
		s.i++
	}
}

func (s *scanner) segment() (string, *Error) {
	if rest := s.src[s.i:]; strings.HasPrefix(rest, "[") {
		n := strings.IndexByte(rest, ']')
		if n < 2 {
			return "", errorAt(s.i, "the name that begins with [ is empty or not closed")
		}
		s.i += n + 1
		return rest[1:n], nil
	}
	if name := s.identifier(); name != "" {
		return name, nil
	}
	return "", s.wrongName()
}

// identifier reads a plain name, or "".
func (s *scanner) identifier() string {
	rest, n := s.src[s.i:], 0
	for n < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[n:])
		if !plain(r) {
			break
		}
		n += size
	}
	s.i += n
	return rest[:n]
}

func (s *scanner) wrongName() *Error {
	if s.i >= len(s.src) {
		return errorAt(len(s.src), "a name is missing here")
	}
	r, _ := utf8.DecodeRuneInString(s.src[s.i:])
	if r == '}' || r == ')' {
		return errorAt(s.i, "an expression is missing here")
	}
	return errorAt(s.i, "%q cannot stand in an expression", r)
}

// plain tells whether a rune may stand in a name.
func plain(r rune) bool {
	return r == '_' || r == '-' || r == '$' || r >= 0x80 || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
