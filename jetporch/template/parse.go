package template

import (
	"errors"
	"strings"
)

// Parse reads a template. The error is an *Error with the place of the
// mistake.
func Parse(src string) (*Template, error) {
	if len(src) > MaxBytes {
		return nil, errorAt(0, "the template has %d bytes, at most %d are read", len(src), MaxBytes)
	}
	if !strings.Contains(src, "{{") {
		return &Template{nodes: []node{textNode{0, src}}}, nil
	}
	pieces, err := split(src)
	if err != nil {
		return nil, err
	}
	tidy(pieces)
	b := builder{pieces: pieces}
	nodes, stop, err := b.body(0)
	if err != nil {
		return nil, err
	}
	if stop != nil {
		return nil, errorAt(stop.start, "nothing is open that this tag could end")
	}
	return &Template{nodes: nodes}, nil
}

// Condition parses EXPR as jetp embeds it: {{#if EXPR }}true{{ else
// }}false{{/if}}. Offsets of errors count from the start of EXPR.
func Condition(src string) (*Template, error) {
	const before = "{{#if "
	t, err := Parse(before + src + " }}true{{ else }}false{{/if}}")
	var e *Error
	if errors.As(err, &e) {
		e.Offset = min(max(e.Offset-len(before), 0), len(src))
		return nil, e
	}
	return t, err
}

// ConditionOffset is what a position in the template of Condition has too
// much.
const ConditionOffset = len("{{#if ")

type builder struct {
	pieces []piece
	i      int
}

// body reads nodes until a tag that ends or divides a block, which it
// answers, or the end.
func (b *builder) body(depth int) ([]node, *piece, *Error) {
	if depth > maxDepth {
		return nil, nil, errorAt(b.pieces[b.i-1].start, "blocks are more than %d levels deep", maxDepth)
	}
	var out []node
	for b.i < len(b.pieces) {
		p := &b.pieces[b.i]
		b.i++
		switch p.kind {
		case textPiece:
			if p.text != "" {
				out = append(out, textNode{p.at, p.text})
			}
		case closePiece, elsePiece:
			return out, p, nil
		case commentPiece:
		default:
			n, err := b.node(p, depth)
			if err != nil {
				return nil, nil, err
			}
			out = append(out, n)
		}
	}
	return out, nil, nil
}

func (b *builder) node(p *piece, depth int) (node, *Error) {
	s := scanner{src: p.text, base: p.at}
	switch p.kind {
	case exprPiece:
		c, err := s.call()
		if err == nil {
			err = s.end()
		}
		return tagNode{c}, err
	case rawPiece:
		c, err := s.call()
		if err == nil {
			err = s.end()
		}
		body := b.pieces[b.i].text
		b.i++
		return &blockNode{call: c, raw: true, unchanged: body}, err
	case inlinePiece:
		return b.inline(p, &s, depth)
	case partialPiece:
		return s.partial(p)
	}
	return b.block(p, &s, depth)
}

func (b *builder) block(p *piece, s *scanner, depth int) (node, *Error) {
	c, err := s.call()
	if err != nil {
		return nil, err
	}
	n := &blockNode{call: c}
	if n.as, err = s.as(); err != nil {
		return nil, err
	}
	if err := s.end(); err != nil {
		return nil, err
	}
	body, stop, err := b.body(depth + 1)
	if err != nil {
		return nil, err
	}
	n.body = body
	if p.kind == inversePiece {
		n.body, n.inverse, n.hasElse = nil, body, true
	}
	if stop != nil && stop.kind == elsePiece {
		if n.hasElse && p.kind == inversePiece {
			n.body, stop, err = b.body(depth + 1)
		} else {
			n.hasElse = true
			n.inverse, stop, err = b.body(depth + 1)
		}
		if err != nil {
			return nil, err
		}
	}
	return n, b.closed(p, stop, strings.TrimSpace(blockName(c)))
}

func blockName(c call) string {
	if h, ok := c.head.(*path); ok {
		return h.text
	}
	return ""
}

func (b *builder) closed(p, stop *piece, name string) *Error {
	switch {
	case stop == nil:
		return errorAt(p.start, "the block {{#%s}} is not closed with {{/%s}}", name, name)
	case stop.kind == elsePiece:
		return errorAt(stop.start, "a block has one else at most")
	case strings.TrimSpace(stop.text) != name:
		return errorAt(stop.start, "{{/%s}} closes the block {{#%s}}", strings.TrimSpace(stop.text), name)
	}
	return nil
}

func (b *builder) inline(p *piece, s *scanner, depth int) (node, *Error) {
	c, err := s.call()
	if err != nil {
		return nil, err
	}
	name, ok := literal{}, false
	if len(c.args) == 1 {
		name, ok = c.args[0].(literal)
	}
	text, isText := name.v.(string)
	if blockName(c) != "inline" || !ok || !isText {
		return nil, errorAt(p.start, "the only decorator is {{#*inline \"name\"}}")
	}
	body, stop, err := b.body(depth + 1)
	if err != nil {
		return nil, err
	}
	return inlineNode{name: text, body: body}, b.closed(p, stop, "inline")
}
