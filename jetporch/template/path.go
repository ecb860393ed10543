package template

import (
	"strings"
	"unicode/utf8"
)

// name reads a path, or one of the words true, false and null.
func (s *scanner) name() (expr, *Error) {
	at, from := s.at(), s.i
	p := &path{at: at}
	for strings.HasPrefix(s.src[s.i:], "../") {
		p.up, s.i = p.up+1, s.i+3
	}
	if strings.HasPrefix(s.src[s.i:], "..") {
		p.up, s.i = p.up+1, s.i+2
		p.here, p.text = true, s.src[from:s.i]
		return p, nil
	}
	if strings.HasPrefix(s.src[s.i:], "./") {
		p.here, s.i = true, s.i+2
	}
	if s.i < len(s.src) && s.src[s.i] == '@' {
		return s.local(p, from)
	}
	if err := s.segments(p); err != nil {
		return nil, err
	}
	p.text = s.src[from:s.i]
	if p.up == 0 && !p.here && len(p.segs) == 1 {
		switch p.text {
		case "true", "false":
			return literal{at, p.text == "true"}, nil
		case "null":
			return literal{at, nil}, nil
		}
	}
	if len(p.segs) > 0 && (p.segs[0] == "this" || p.segs[0] == ".") {
		p.here, p.segs = true, p.segs[1:]
	}
	return p, nil
}

// local reads @root, @index, @../index and so on.
func (s *scanner) local(p *path, from int) (expr, *Error) {
	s.i++
	for strings.HasPrefix(s.src[s.i:], "../") {
		p.up, s.i = p.up+1, s.i+3
	}
	at := s.at()
	if err := s.segments(p); err != nil {
		return nil, err
	}
	p.text = s.src[from:s.i]
	switch first := p.segs[0]; first {
	case "root":
		p.root, p.segs = true, p.segs[1:]
	case "index", "key", "first", "last":
		p.local, p.segs = first, p.segs[1:]
	default:
		return nil, errorAt(at-1, "@%s does not exist; there are @root, @index, @key, @first and @last", first)
	}
	return p, nil
}

// segments reads names divided by . or /, each plain or in square brackets.
func (s *scanner) segments(p *path) *Error {
	for {
		seg, err := s.segment()
		if err != nil {
			return err
		}
		p.segs = append(p.segs, seg)
		if len(p.segs) > maxDepth {
			return errorAt(p.at, "the path has more than %d names", maxDepth)
		}
		if s.i+1 >= len(s.src) || s.src[s.i] != '.' && s.src[s.i] != '/' {
			return nil
		}
		s.i++
	}
}

func (s *scanner) segment() (string, *Error) {
	rest := s.src[s.i:]
	if strings.HasPrefix(rest, "[") {
		n := strings.IndexByte(rest, ']')
		if n < 2 {
			return "", errorAt(s.at(), "the name that begins with [ is empty or not closed")
		}
		s.i += n + 1
		return rest[1:n], nil
	}
	if strings.HasPrefix(rest, ".") && (len(rest) == 1 || !plain(rune(rest[1]))) {
		s.i++
		return ".", nil
	}
	n := 0
	for n < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[n:])
		if !plain(r) {
			break
		}
		n += size
	}
	if n == 0 {
		r, _ := utf8.DecodeRuneInString(rest)
		if rest == "" {
			return "", errorAt(s.at(), "a name is missing here")
		}
		return "", errorAt(s.at(), "%q cannot stand in an expression", r)
	}
	s.i += n
	return rest[:n], nil
}
