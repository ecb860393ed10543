package template

import (
	"strings"
	"unicode"
)

const (
	blanks = " \t"
	white  = " \t\r\n"
)

// tidy applies whitespace control: ~ removes all white space on its side, and
// a block tag, comment or partial alone on its line removes the line. A tag at
// the end of the source without a newline is not alone on a line (jetporch.md
// 1.10). Two habits of the dialect are kept: what ~ removes after a tag it
// removes after the comments that follow, too, and the end of a line that ~
// has removed already is looked for in the next text.
func tidy(src string, pieces []piece) {
	omit, line := false, false // white space, or the rest of a line, goes from the next text
	for i := range pieces {
		p := &pieces[i]
		if p.kind == textPiece {
			line = p.begin(omit, line, i == 0, i > 0 && pieces[i-1].kind == rawPiece)
			continue
		}
		var before *piece
		if i > 0 && pieces[i-1].kind == textPiece {
			before = &pieces[i-1]
		}
		if p.trimL && before != nil {
			before.text = strings.TrimRightFunc(before.text, unicode.IsSpace)
		}
		if p.kind != commentPiece {
			omit = p.trimR
		}
		if p.kind == exprPiece {
			continue
		}
		if p.kind == partialPiece && !p.trimL {
			p.text = src[len(strings.TrimRight(src[:p.start], blanks)):p.start]
		}
		if line = alone(src, p); line && before != nil && p.kind != partialPiece {
			before.text = strings.TrimRight(before.text, blanks)
		}
	}
}

// begin trims the start of a text, and answers whether the rest of a line is
// still to go.
func (p *piece) begin(omit, line, first, raw bool) bool {
	whole := len(p.text)
	if raw {
		p.text = strings.TrimLeft(p.text, white)
	}
	switch {
	case omit && !first && !raw && strings.Trim(p.text, white) == "":
		p.text = ""
		return line
	case omit:
		p.text = strings.TrimLeftFunc(p.text, unicode.IsSpace)
	case line:
		p.text = strings.TrimLeft(p.text, blanks)
		if rest, ok := strings.CutPrefix(p.text, "\r\n"); ok {
			p.text = rest
		} else {
			p.text = strings.TrimPrefix(p.text, "\n")
		}
	}
	p.at += whole - len(p.text)
	return false
}

// alone tells whether a tag has its line for itself.
func alone(src string, p *piece) bool {
	after := strings.TrimLeft(src[p.end:], blanks)
	if after == "" || after[0] != '\n' && after[0] != '\r' {
		return false
	}
	before := strings.TrimRight(src[:p.start], blanks)
	return before == "" || before[len(before)-1] == '\n' || before[len(before)-1] == '\r'
}
