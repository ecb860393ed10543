package template

import "slices"

// Problem is something that is certain to fail when a template is rendered.
type Problem struct {
	Kind   ProblemKind
	Offset int
	Reason string
}

// ProblemKind sorts problems.
type ProblemKind int

// The kinds of problems.
const (
	UnknownHelper ProblemKind = iota // there is no such helper in this dialect
	WrongArity                       // fewer arguments than the helper takes
	ComparesText                     // gt, gte, lt, lte with something that is no whole number
)

// Name is a variable that a template reads.
type Name struct {
	Name   string // the first name of the path
	Offset int
	Quiet  bool // its absence is silently false: a bare argument of #if or #unless
	Tag    bool // rendered as {{name}} and nothing else
	Asked  bool // the argument of isdefined
}

// Check finds what is certain to fail. head includes the helpers of the
// unreleased jetp.
func (t *Template) Check(head bool) []Problem {
	w := walker{head: head, inline: map[string]bool{}}
	w.nodes(t.nodes, nil)
	for _, n := range w.partials {
		if !w.inline[n.name] {
			w.problem(UnknownHelper, n.at, "there is no partial "+n.name)
		}
	}
	return w.problems
}

// Names lists the variables that are read from the outermost level.
func (t *Template) Names() []Name {
	w := walker{head: true}
	w.nodes(t.nodes, nil)
	return w.names
}

// Literal is text outside all tags and blocks.
type Literal struct {
	Offset int
	Text   string
}

// Literals is the text that is rendered whatever the variables are.
func (t *Template) Literals() (out []Literal) {
	for _, n := range t.nodes {
		if l, ok := n.(textNode); ok {
			out = append(out, Literal{l.at, l.text})
		}
	}
	return out
}

// HasBlocks tells whether parts of the text depend on variables.
func (t *Template) HasBlocks() bool {
	for _, n := range t.nodes {
		switch n.(type) {
		case textNode, tagNode:
		default:
			return true
		}
	}
	return false
}

// Empty tells whether nothing is rendered whatever the variables are.
func (t *Template) Empty() bool { return len(t.nodes) == 0 }

// Bare tells whether the first argument of the outermost #if is a lone name
// followed by further arguments, as in "eq a b" without brackets, and which.
func (t *Template) Bare() (string, bool) {
	if len(t.nodes) == 0 {
		return "", false
	}
	b, ok := t.nodes[0].(*blockNode)
	if !ok || len(b.call.args) < 2 {
		return "", false
	}
	p, ok := b.call.args[0].(*path)
	if !ok {
		return "", false
	}
	return p.text, true
}

// Compare is an eq or ne of a path with a literal.
type Compare struct {
	Name    string
	Offset  int
	Literal any
}

// Compares lists every eq and ne of a path with a literal.
func (t *Template) Compares() []Compare {
	w := walker{head: true}
	w.nodes(t.nodes, nil)
	return w.compares
}

// scope is what a block hides: names bound by it, or another "this".
type scope struct {
	up    *scope
	names []string
	moved bool // this is not the map of all variables
}

type walker struct {
	head     bool
	problems []Problem
	names    []Name
	compares []Compare
	partials []partialNode
	inline   map[string]bool // partials that the template defines
}

func (w *walker) nodes(nodes []node, s *scope) {
	for _, n := range nodes {
		switch n := n.(type) {
		case tagNode:
			w.call(&n.call, s, true)
		case *blockNode:
			w.block(n, s)
		case inlineNode:
			if w.inline != nil {
				w.inline[n.name] = true
			}
			w.nodes(n.body, &scope{up: s, moved: true})
		case partialNode:
			w.partials = append(w.partials, n)
			if n.context != nil {
				w.expr(n.context, s, false)
			}
		}
	}
}

func (w *walker) block(n *blockNode, s *scope) {
	name := n.call.helper()
	h := helpers[name]
	switch {
	case h == nil || !h.Block:
		w.problem(UnknownHelper, n.call.at, "there is no block "+headText(&n.call))
	case len(n.call.args) < h.Args:
		w.problem(WrongArity, n.call.at, "#"+name+" needs "+arguments(h.Args))
	}
	quiet := name == "if" || name == "unless"
	for i, a := range n.call.args {
		if i == 0 || !quiet {
			w.expr(a, s, quiet)
		}
	}
	inner := s
	if name == "each" || name == "with" {
		inner = &scope{up: s, names: n.as, moved: true}
		if name == "with" && len(n.as) == 2 {
			inner.names = nil
		}
	}
	w.nodes(n.body, inner)
	w.nodes(n.inverse, s)
}

func (w *walker) problem(kind ProblemKind, at int, reason string) {
	w.problems = append(w.problems, Problem{kind, at, reason})
}

func (w *walker) call(c *call, s *scope, isTag bool) {
	name := c.helper()
	h := helpers[name]
	if h == nil || h.Head && !w.head {
		if isTag && len(c.args) == 0 && len(c.hash) == 0 {
			w.expr(c.head, s, false)
			if n := len(w.names); n > 0 && w.names[n-1].Offset == c.head.pos() {
				w.names[n-1].Tag = true
			}
			return
		}
		w.problem(UnknownHelper, c.at, "there is no helper "+headText(c))
	} else {
		w.helper(h, c, s)
	}
	for _, a := range c.args {
		before := len(w.names)
		w.expr(a, s, h != nil && h.quiet)
		if h != nil && h.Name == "isdefined" && len(w.names) > before {
			w.names[before].Asked = true
		}
	}
	for _, a := range c.hash {
		w.expr(a.val, s, false)
	}
}

func (w *walker) helper(h *Helper, c *call, s *scope) {
	if h.Block {
		w.problem(UnknownHelper, c.at, h.Name+" is a block: {{#"+h.Name+" …}}")
		return
	}
	if len(c.args) == 0 && s == nil {
		w.names = append(w.names, Name{Name: h.Name, Offset: c.at, Tag: true, Quiet: true})
	}
	if len(c.args) < h.Args {
		w.problem(WrongArity, c.at, h.Name+" needs "+arguments(h.Args))
		return
	}
	switch h.Name {
	case "gt", "gte", "lt", "lte":
		for _, a := range c.args[:2] {
			if l, ok := a.(literal); ok {
				if _, whole := l.v.(int64); !whole {
					w.problem(ComparesText, l.at, h.Name+" compares whole numbers, and this is none")
				}
			}
		}
	case "eq", "ne":
		w.compare(c.args[0], c.args[1])
		w.compare(c.args[1], c.args[0])
	}
}

func (w *walker) compare(a, b expr) {
	p, ok1 := a.(*path)
	l, ok2 := b.(literal)
	if ok1 && ok2 {
		w.compares = append(w.compares, Compare{p.text, p.at, l.v})
	}
}

func (w *walker) expr(e expr, s *scope, quiet bool) {
	switch e := e.(type) {
	case *call:
		w.call(e, s, false)
	case *path:
		name, ok := outermost(e, s)
		if ok {
			w.names = append(w.names, Name{Name: name, Offset: e.at, Quiet: quiet})
		}
	}
}

// outermost is the variable that a path begins with, when that is known.
func outermost(p *path, s *scope) (string, bool) {
	if p.local != "" || len(p.segs) == 0 {
		return "", false
	}
	if p.root {
		return p.segs[0], true
	}
	for g := s; g != nil && p.up == 0; g = g.up {
		if slices.Contains(g.names, p.segs[0]) {
			return "", false
		}
	}
	start := s
	for range p.up {
		if s == nil {
			s = start // above the outermost level is where it began
			break
		}
		s = s.up
	}
	if s != nil && s.moved {
		return "", false
	}
	return p.segs[0], true
}
