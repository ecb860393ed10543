package template

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluicehq/sluice/jetporch/value"
)

// scanner reads the inside of one tag. base is its place in the template.
type scanner struct {
	src  string
	base int
	i    int
}

func (s *scanner) space() {
	for s.i < len(s.src) && strings.IndexByte(" \t\r\n", s.src[s.i]) >= 0 {
		s.i++
	}
}

func (s *scanner) peek() byte {
	if s.space(); s.i < len(s.src) {
		return s.src[s.i]
	}
	return 0
}

func (s *scanner) at() int { return s.base + s.i }

func (s *scanner) end() *Error {
	if c := s.peek(); c != 0 {
		r, _ := utf8.DecodeRuneInString(s.src[s.i:])
		return errorAt(s.at(), "%q is not expected here", r)
	}
	return nil
}

// call reads a head, its arguments and its hash.
func (s *scanner) call() (call, *Error) { return s.callIn(0) }

func (s *scanner) callIn(depth int) (call, *Error) {
	s.space()
	c := call{at: s.at()}
	head, err := s.expr(depth)
	if err != nil {
		return c, err
	}
	c.head = head
	for {
		next := s.peek()
		if next == 0 || next == ')' || next == '|' || s.word("as") {
			return c, nil
		}
		if key, ok := s.hashKey(); ok {
			v, err := s.expr(depth)
			if err != nil {
				return c, err
			}
			c.hash = append(c.hash, hashArg{key, v})
			continue
		}
		if len(c.hash) > 0 {
			return c, errorAt(s.at(), "an argument without a name follows one with a name")
		}
		arg, err := s.expr(depth)
		if err != nil {
			return c, err
		}
		c.args = append(c.args, arg)
	}
}

// word tells whether the next word is w followed by a space and "|".
func (s *scanner) word(w string) bool {
	rest, ok := strings.CutPrefix(s.src[s.i:], w)
	return ok && strings.HasPrefix(strings.TrimLeft(rest, " \t\r\n"), "|") && rest[0] != '|'
}

// as reads "as |a b|".
func (s *scanner) as() ([]string, *Error) {
	if s.peek() != 'a' {
		return nil, nil
	}
	s.i += 2
	s.space()
	s.i++
	n := strings.IndexByte(s.src[s.i:], '|')
	if n < 0 {
		return nil, errorAt(s.at(), "the names after \"as\" are not closed with |")
	}
	names := strings.Fields(s.src[s.i : s.i+n])
	if len(names) == 0 || len(names) > 2 {
		return nil, errorAt(s.at(), "one or two names stand between the bars after \"as\"")
	}
	s.i += n + 1
	return names, nil
}

func (s *scanner) hashKey() (string, bool) {
	n := 0
	for s.i+n < len(s.src) && plain(rune(s.src[s.i+n])) {
		n++
	}
	if n == 0 || s.i+n >= len(s.src) || s.src[s.i+n] != '=' {
		return "", false
	}
	key := s.src[s.i : s.i+n]
	s.i += n + 1
	return key, true
}

func (s *scanner) expr(depth int) (expr, *Error) {
	if depth > maxDepth {
		return nil, errorAt(s.at(), "brackets are more than %d levels deep", maxDepth)
	}
	switch c := s.peek(); {
	case c == 0:
		return nil, errorAt(s.at(), "an expression is missing here")
	case c == '(':
		s.i++
		inner, err := s.callIn(depth + 1)
		if err != nil {
			return nil, err
		}
		if s.peek() != ')' {
			if err := s.end(); err != nil {
				return nil, err
			}
			return nil, errorAt(inner.at-1, "the bracket that opens here is not closed")
		}
		s.i++
		return &inner, nil
	case c == '"' || c == '\'':
		return s.text()
	case c == '{', c == '[' && s.isJSON():
		return s.json(c)
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	}
	return s.name()
}

func (s *scanner) text() (expr, *Error) {
	at, n := s.at(), quoted(s.src[s.i:])
	if n < 0 {
		return nil, errorAt(at, "the text that begins here has no closing quote")
	}
	body := s.src[s.i+1 : s.i+n-1]
	s.i += n
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		if body[i] == '\\' && i+1 < len(body) {
			i++
			switch body[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case 'r':
				b.WriteByte('\r')
			case '"', '\'', '\\', '/':
				b.WriteByte(body[i])
			default:
				b.WriteByte('\\')
				b.WriteByte(body[i])
			}
			continue
		}
		b.WriteByte(body[i])
	}
	return literal{at, b.String()}, nil
}

// isJSON tells a list from a name in square brackets.
func (s *scanner) isJSON() bool {
	var v json.RawMessage
	return json.NewDecoder(strings.NewReader(s.src[s.i:])).Decode(&v) == nil
}

// json reads a list or a map written as JSON.
func (s *scanner) json(open byte) (expr, *Error) {
	at, depth := s.at(), 0
	for i := s.i; i < len(s.src); i++ {
		switch s.src[i] {
		case '"':
			n := quoted(s.src[i:])
			if n < 0 {
				return nil, errorAt(at, "a text in this literal has no closing quote")
			}
			i += n - 1
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth > 0 {
				continue
			}
			text := s.src[s.i : i+1]
			s.i = i + 1
			v, err := value.FromYAML([]byte(text))
			if err != nil || !json.Valid([]byte(text)) {
				return nil, errorAt(at, "%s is no JSON", text)
			}
			return literal{at, v}, nil
		}
	}
	return nil, errorAt(at, "the %q that opens here is not closed", open)
}

func (s *scanner) number() (expr, *Error) {
	at, from := s.at(), s.i
	for s.i < len(s.src) && (s.src[s.i] == '-' || s.src[s.i] == '.' || s.src[s.i] >= '0' && s.src[s.i] <= '9') {
		s.i++
	}
	text := s.src[from:s.i]
	switch v := value.Scalar(text).(type) {
	case int64, float64:
		if s.i == len(s.src) || !plain(rune(s.src[s.i])) {
			return literal{at, v}, nil
		}
	}
	return nil, errorAt(at, "a number or a name is expected; names do not begin with a digit")
}

// plain tells whether a rune may stand in a name.
func plain(r rune) bool {
	return r == '_' || r == '-' || r == '$' || r == ':' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// partial reads {{> name context}}.
func (s *scanner) partial(p *piece) (node, *Error) {
	c, err := s.call()
	if err != nil {
		return nil, err
	}
	n := partialNode{at: p.start, name: blockName(c)}
	if l, ok := c.head.(literal); ok {
		n.name = value.Text(l.v)
	}
	if len(c.args) > 1 || len(c.hash) > 0 {
		return nil, errorAt(p.start, "a partial takes one argument at most")
	}
	if len(c.args) == 1 {
		n.context = c.args[0]
	}
	return n, s.end()
}
