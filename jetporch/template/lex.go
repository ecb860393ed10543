package template

import (
	"strings"
	"unicode/utf8"
)

// piece is a text or a tag of the source.
type piece struct {
	kind       pieceKind
	at         int // of the text, or of the expression of a tag
	start, end int // with the braces
	text       string
	name       string // of the block that a tag closes, or of a partial
	call       call
	as         []string
	trimL      bool // ~ at its left end
	trimR      bool
}

type pieceKind byte

const (
	textPiece    pieceKind = iota
	exprPiece              // {{x}} {{{x}}} {{&x}}
	openPiece              // {{#x}}
	closePiece             // {{/x}}
	elsePiece              // {{else}} {{^}}
	inlinePiece            // {{#*inline "x"}}
	partialPiece           // {{> x}}
	commentPiece
	rawPiece // {{{{x}}}}, with a text and a closePiece after it
)

// split cuts the source into pieces.
func split(src string) ([]piece, *Error) {
	var out []piece
	var text []byte // cut at its end only: each byte is copied once
	start, dashes := 0, strings.LastIndex(src, "--}}")
	flush := func(end int) {
		if end > start {
			out = append(out, piece{kind: textPiece, at: start, start: start, end: end, text: string(text)})
			text = text[:0]
		}
	}
	for i := 0; ; {
		next := strings.Index(src[i:], "{{")
		if next < 0 {
			text = append(text, src[i:]...)
			flush(len(src))
			return out, nil
		}
		text = append(text, src[i:i+next]...)
		i += next
		if n := escaped(&text, src[i:]); n > 0 {
			i += n
			continue
		}
		flush(i)
		pieces, end, err := tag(src, i, dashes)
		if err != nil {
			return nil, err
		}
		out = append(out, pieces...)
		i, start = end, end
	}
}

// escaped takes a backslash off the end of the text before "{{". A single one
// makes the braces a part of the text; it answers how many bytes they are.
func escaped(text *[]byte, rest string) int {
	n := len(*text)
	if n == 0 || (*text)[n-1] != '\\' {
		return 0
	}
	*text = (*text)[:n-1]
	if n > 1 && (*text)[n-2] == '\\' {
		return 0
	}
	braces := 2
	if strings.HasPrefix(rest, "{{{{") {
		braces = 4
	}
	*text = append(*text, rest[:braces]...)
	return braces
}

// tag reads the tag that begins at i and answers where it ends.
func tag(src string, i, dashes int) ([]piece, int, *Error) {
	if strings.HasPrefix(src[i:], "{{!") {
		return comment(src, i, dashes)
	}
	if strings.HasPrefix(src[i:], "{{{{") {
		return rawTag(src, i)
	}
	s := scanner{src: src, i: i + 2}
	p := piece{start: i, trimL: s.skip("~")}
	closing := "}}"
	c := s.peek()
	p.at = s.i
	var err *Error
	switch c {
	case '{':
		s.i++
		closing, p.trimL = "}", s.skip("~") || p.trimL
		err = s.expression(&p)
	case '&':
		s.i++
		p.kind = exprPiece
		p.call.at = s.i
		p.call.head, err = s.head(0)
	case '#':
		s.i++
		err = s.open(&p)
	case '/':
		s.i++
		p.kind = closePiece
		err = s.closing(&p)
	case '>':
		s.i++
		err = s.partial(&p)
	case '^':
		s.i++
		p.kind = elsePiece
	case '*':
		err = errorAt(i, "a decorator stands in a block only: {{#*inline \"name\"}}")
	case '!':
		err = errorAt(i, "a comment begins with {{! and nothing between")
	default:
		err = s.expressionOrElse(&p)
	}
	if err != nil {
		return nil, 0, err.orUnclosed(src, i)
	}
	return s.ended(p, closing)
}

// orUnclosed says that a tag is not closed, when that is what is wrong.
func (e *Error) orUnclosed(src string, start int) *Error {
	if e.Offset >= len(src) {
		return errorAt(start, "the tag that begins here is not closed with }}")
	}
	return e
}

// ended reads the end of a tag.
func (s *scanner) ended(p piece, closing string) ([]piece, int, *Error) {
	p.trimR = s.skip("~")
	if closing == "}" {
		if !s.skip("}") {
			return nil, 0, s.unexpected(p.start)
		}
		p.trimR = s.skip("~") || p.trimR
		closing = "}}"
	}
	if !s.skip(closing) {
		return nil, 0, s.unexpected(p.start)
	}
	p.end = s.i
	return []piece{p}, s.i, nil
}

func (s *scanner) unexpected(start int) *Error {
	if s.peek() == 0 {
		return errorAt(start, "the tag that begins here is not closed with }}")
	}
	r, _ := utf8.DecodeRuneInString(s.src[s.i:])
	return errorAt(s.i, "%q is not expected here", r)
}

func (s *scanner) expression(p *piece) (err *Error) {
	p.kind = exprPiece
	p.call, err = s.call(0)
	return err
}

func (s *scanner) expressionOrElse(p *piece) *Error {
	before := s.i
	if s.identifier() != "else" {
		s.i = before
		return s.expression(p)
	}
	rest := scanner{src: s.src, i: s.i}
	if rest.skip("~"); rest.skip("}}") {
		p.kind = elsePiece
		return nil
	}
	if rest.peek() == 0 {
		return errorAt(len(s.src), "")
	}
	return errorAt(p.start, "{{else …}} is not part of this dialect; put an #if inside the else")
}

// open reads what follows the # of a block.
func (s *scanner) open(p *piece) (err *Error) {
	p.kind = openPiece
	switch s.peek() {
	case '>':
		return errorAt(p.start, "a partial block {{#> …}} cannot be used, because no partial exists")
	case '*':
		s.i++
		p.kind = inlinePiece
	}
	s.space()
	p.at = s.i
	if p.call, err = s.line(); err == nil {
		p.as, err = s.as()
	}
	return err
}

func (s *scanner) closing(p *piece) *Error {
	s.space()
	p.at = s.i
	if p.name = s.identifier(); p.name == "" {
		return s.wrongName()
	}
	return nil
}

// comment reads {{!-- … --}}, or {{! … }}. dashes is the last "--}}".
func comment(src string, i, dashes int) ([]piece, int, *Error) {
	end := -1
	if strings.HasPrefix(src[i:], "{{!--") && dashes >= i+5 {
		if n := strings.Index(src[i+5:], "--}}"); n >= 0 {
			end = i + 5 + n + 4
		}
	}
	if end < 0 {
		n := strings.Index(src[i:], "}}")
		if n < 0 {
			return nil, 0, errorAt(i, "the comment that begins here is not closed with }}")
		}
		end = i + n + 2
	}
	return []piece{{kind: commentPiece, start: i, end: end, at: i}}, end, nil
}

// rawTag reads {{{{x}}}}…{{{{/x}}}}: its two tags and the text between.
func rawTag(src string, i int) ([]piece, int, *Error) {
	s := scanner{src: src, i: i + 4}
	p := piece{kind: rawPiece, start: i, trimL: s.skip("~")}
	var err *Error
	s.space()
	p.at = s.i
	if p.call, err = s.line(); err == nil {
		p.as, err = s.as()
	}
	if err != nil {
		return nil, 0, err.orUnclosed(src, i)
	}
	if p.trimR = s.skip("~"); !s.skip("}}}}") {
		return nil, 0, errorAt(i, "the raw block that begins here is not closed with }}}}")
	}
	p.end = s.i
	body, to := rawText(src, s.i)
	s.i = to + 4
	end := piece{kind: closePiece, start: to, at: to}
	if to < len(src) {
		end.trimL = s.skip("~")
		if s.skip("/") && s.closing(&end) == nil && end.name == blockName(p.call) {
			if end.trimR = s.skip("~"); s.skip("}}}}") {
				end.end = s.i
				return []piece{p, body, end}, s.i, nil
			}
		}
	}
	return nil, 0, errorAt(i, "the raw block that begins here has no {{{{/%s}}}}", blockName(p.call))
}

// rawText is the text of a raw block from i on, and where it ends.
func rawText(src string, i int) (piece, int) {
	p := piece{kind: textPiece, at: i, start: i}
	var text []byte
	for to := -1; ; {
		if to < i {
			if to = strings.Index(src[i:], "{{{{"); to < 0 {
				to = len(src)
			} else {
				to += i
			}
		}
		esc := strings.Index(src[i:min(to+2, len(src))], "\\{{")
		if esc < 0 {
			p.text, p.end = string(text)+src[i:to], to
			return p, to
		}
		text = append(text, src[i:i+esc+1]...)
		i += esc + 1
		n := escaped(&text, src[i:])
		if n == 0 && i < to {
			text, n = append(text, "{{"...), 2
		}
		i += n
	}
}
