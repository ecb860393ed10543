package template

import "strings"

// tidy applies whitespace control: ~ removes all white space on its side, and
// a block tag or comment alone on its line removes the line. A tag at the end
// of the source without a newline is not alone on a line (jetporch.md 1.10).
// It decides on the source as written, then cuts.
func tidy(pieces []piece) {
	cutL := make([]bool, len(pieces)) // the rest of the line after it
	cutR := make([]bool, len(pieces)) // the indentation before it
	for i, p := range pieces {
		if p.kind.standing() && blankBefore(pieces, i) && blankAfter(pieces, i) {
			if i > 0 {
				cutR[i-1] = true
			}
			cutL[i+1] = true
		}
	}
	for i := range pieces {
		p := &pieces[i]
		whole := len(p.text)
		if p.kind != textPiece || i > 0 && pieces[i-1].kind == rawPiece {
			continue
		}
		if cutL[i] {
			if n := strings.IndexByte(p.text, '\n'); n >= 0 {
				p.text = p.text[n+1:]
			}
		}
		if i > 0 && pieces[i-1].trimR {
			p.text = strings.TrimLeft(p.text, " \t\r\n")
		}
		p.at += whole - len(p.text)
		if cutR[i] {
			p.text = strings.TrimRight(p.text, " \t")
		}
		if i+1 < len(pieces) && pieces[i+1].trimL {
			p.text = strings.TrimRight(p.text, " \t\r\n")
		}
	}
}

// blankBefore tells whether only blanks lie between a tag and the start of
// its line.
func blankBefore(pieces []piece, i int) bool {
	if i == 0 {
		return true
	}
	before := pieces[i-1]
	if before.kind != textPiece || i > 1 && pieces[i-2].kind == rawPiece {
		return false
	}
	line := strings.TrimRight(before.text, " \t")
	if line == "" {
		return i == 1
	}
	return strings.HasSuffix(line, "\n")
}

// blankAfter tells whether only blanks lie between a tag and the newline.
func blankAfter(pieces []piece, i int) bool {
	if i+1 >= len(pieces) || pieces[i+1].kind != textPiece {
		return false
	}
	rest := strings.TrimLeft(pieces[i+1].text, " \t")
	return strings.HasPrefix(rest, "\n") || strings.HasPrefix(rest, "\r\n")
}
