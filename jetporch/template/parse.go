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
	tidy(src, pieces)
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
	switch p.kind {
	case exprPiece:
		return tagNode{p.call}, nil
	case inlinePiece:
		return b.inline(p, depth)
	case partialPiece:
		n := partialNode{at: p.start, name: p.name, indent: p.text}
		if len(p.call.args) > 0 {
			n.context = p.call.args[0]
		}
		return n, nil
	}
	return b.block(p, depth)
}

func (b *builder) block(p *piece, depth int) (node, *Error) {
	n := &blockNode{call: p.call, as: p.as}
	body, stop, err := b.body(depth + 1)
	if err != nil {
		return nil, err
	}
	n.body = body
	if stop != nil && stop.kind == elsePiece {
		n.hasElse = true
		if n.inverse, stop, err = b.body(depth + 1); err != nil {
			return nil, err
		}
	}
	return n, b.closed(p, stop, blockName(p.call))
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
	case stop.name != name:
		return errorAt(stop.start, "{{/%s}} closes the block {{#%s}}", stop.name, name)
	}
	return nil
}

func (b *builder) inline(p *piece, depth int) (node, *Error) {
	name, ok := literal{}, false
	if len(p.call.args) == 1 {
		name, ok = p.call.args[0].(literal)
	}
	text, isText := name.v.(string)
	if blockName(p.call) != "inline" || !ok || !isText {
		return nil, errorAt(p.start, "the only decorator is {{#*inline \"name\"}}")
	}
	body, stop, err := b.body(depth + 1)
	if err != nil {
		return nil, err
	}
	return inlineNode{name: text, body: body}, b.closed(p, stop, "inline")
}
