package template

import "strings"

// piece is a text or a tag of the source.
type piece struct {
	kind  pieceKind
	at    int    // of the first byte inside the braces, or of the text
	start int    // of the first brace
	text  string // without braces and sigils
	trimL bool   // ~ at its left end
	trimR bool
}

type pieceKind byte

const (
	textPiece    pieceKind = iota
	exprPiece              // {{x}} {{{x}}} {{&x}}
	openPiece              // {{#x}}
	closePiece             // {{/x}}
	elsePiece              // {{else}} {{^}}
	inversePiece           // {{^x}}
	inlinePiece            // {{#*inline "x"}}
	partialPiece           // {{> x}}
	commentPiece
	rawPiece // {{{{x}}}}…{{{{/x}}}}, the body in a piece of its own after it
)

// standing tells whether a tag alone on its line removes the line.
func (k pieceKind) standing() bool {
	switch k {
	case openPiece, closePiece, elsePiece, inversePiece, inlinePiece, commentPiece:
		return true
	}
	return false
}

// split cuts the source into pieces.
func split(src string) ([]piece, *Error) {
	var out []piece
	var text []byte // cut at its end only: each byte is copied once
	start := 0
	flush := func() {
		if len(text) > 0 {
			out = append(out, piece{kind: textPiece, at: start, start: start, text: string(text)})
			text = text[:0]
		}
	}
	for i := 0; i < len(src); {
		next := strings.Index(src[i:], "{{")
		if next < 0 {
			if len(text) == 0 {
				start = i
			}
			text = append(text, src[i:]...)
			break
		}
		if len(text) == 0 {
			start = i
		}
		text = append(text, src[i:i+next]...)
		i += next
		if n := len(text); n > 0 && text[n-1] == '\\' {
			text = text[:n-1]
			if n < 2 || text[n-2] != '\\' {
				text = append(text, "{{"...)
				i += 2
				continue
			}
		}
		flush()
		pieces, end, err := tag(src, i)
		if err != nil {
			return nil, err
		}
		out = append(out, pieces...)
		i = end
	}
	flush()
	return out, nil
}

// tag reads the tag that begins at i and answers where it ends.
func tag(src string, i int) ([]piece, int, *Error) {
	if strings.HasPrefix(src[i:], "{{{{") {
		return rawTag(src, i)
	}
	p := piece{start: i}
	at := i + 2
	if strings.HasPrefix(src[at:], "~") {
		p.trimL = true
		at++
	}
	rest := src[at:]
	if strings.HasPrefix(rest, "!") {
		return comment(src, p, at)
	}
	closing := "}}"
	switch {
	case strings.HasPrefix(rest, "{"):
		closing, at = "}}}", at+1
	case strings.HasPrefix(rest, "&"):
		at++
	case strings.HasPrefix(rest, "#*"):
		p.kind, at = inlinePiece, at+2
	case strings.HasPrefix(rest, "#>"):
		return nil, 0, errorAt(i, "a partial block {{#> …}} cannot be used, because no partial exists")
	case strings.HasPrefix(rest, "#"):
		p.kind, at = openPiece, at+1
	case strings.HasPrefix(rest, "/"):
		p.kind, at = closePiece, at+1
	case strings.HasPrefix(rest, "^"):
		p.kind, at = inversePiece, at+1
	case strings.HasPrefix(rest, ">"):
		p.kind, at = partialPiece, at+1
	}
	if p.kind == textPiece {
		p.kind = exprPiece
	}
	end, ok := closingAt(src, at, closing)
	if !ok {
		return nil, 0, errorAt(i, "the tag that begins here is not closed with %s", closing)
	}
	p.at, p.text = at, src[at:end]
	if closing == "}}" && strings.HasSuffix(p.text, "~") {
		p.trimR, p.text = true, p.text[:len(p.text)-1]
	}
	after := end + len(closing)
	switch word := strings.TrimSpace(p.text); {
	case p.kind == inversePiece && word == "", p.kind == exprPiece && closing == "}}" && word == "else":
		p.kind = elsePiece
	case p.kind == exprPiece && strings.HasPrefix(word, "else "):
		return nil, 0, errorAt(i, "{{%s}} is not part of this dialect; put an #if inside the else", word)
	}
	return []piece{p}, after, nil
}

// closingAt finds the end of a tag, past quoted texts and JSON literals.
func closingAt(src string, at int, closing string) (int, bool) {
	braces := 0
	for i := at; i < len(src); i++ {
		switch c := src[i]; {
		case c == '"' || c == '\'':
			n := quoted(src[i:])
			if n < 0 {
				return 0, false
			}
			i += n - 1
		case c == '[' && i > at && (src[i-1] == '.' || src[i-1] == '/'):
			n := strings.IndexByte(src[i:], ']')
			if n < 0 {
				return 0, false
			}
			i += n
		case braces == 0 && strings.HasPrefix(src[i:], closing):
			return i, true
		case c == '{':
			braces++
		case c == '}' && braces > 0:
			braces--
		}
	}
	return 0, false
}

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

func comment(src string, p piece, at int) ([]piece, int, *Error) {
	p.kind, p.at = commentPiece, at
	closing := "}}"
	if strings.HasPrefix(src[at:], "!--") {
		closing = "--}}"
	}
	n := strings.Index(src[at:], closing)
	within := src[at:]
	if n >= 0 {
		within = src[at : at+n]
	}
	if m := strings.Index(within, "--~}}"); m >= 0 && closing == "--}}" {
		closing, n = "--~}}", m
	}
	if n < 0 {
		return nil, 0, errorAt(p.start, "the comment that begins here is not closed with %s", closing)
	}
	p.trimR = closing == "--~}}" || closing == "}}" && n > 0 && src[at+n-1] == '~'
	return []piece{p}, at + n + len(closing), nil
}

func rawTag(src string, i int) ([]piece, int, *Error) {
	at := i + 4
	n := strings.Index(src[at:], "}}}}")
	if n < 0 {
		return nil, 0, errorAt(i, "the raw block that begins here is not closed with }}}}")
	}
	p := piece{kind: rawPiece, start: i, at: at, text: src[at : at+n]}
	name, _, _ := strings.Cut(strings.TrimSpace(p.text), " ")
	closing := "{{{{/" + name + "}}}}"
	from := at + n + 4
	end := strings.Index(src[from:], closing)
	if end < 0 {
		return nil, 0, errorAt(i, "the raw block that begins here has no %s", closing)
	}
	body := piece{kind: textPiece, start: from, at: from, text: src[from : from+end]}
	return []piece{p, body}, from + end + len(closing), nil
}
