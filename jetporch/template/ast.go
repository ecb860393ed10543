package template

// Template is a parsed template. It is read only and may be used by many
// goroutines.
type Template struct {
	nodes []node
}

type node interface{}

type textNode struct {
	at   int
	text string
}

// tagNode is {{expr}}.
type tagNode struct{ call call }

// blockNode is {{#helper …}}body{{else}}inverse{{/helper}}.
type blockNode struct {
	call    call
	as      []string
	body    []node
	inverse []node
	hasElse bool
}

// inlineNode defines a partial for the rest of this template.
type inlineNode struct {
	name string
	body []node
}

// partialNode is {{> name context}}.
type partialNode struct {
	at      int
	name    string
	context expr
	indent  string // of its line, for the lines after the first
}

type expr interface{ pos() int }

// call is a helper with its arguments; without arguments it may be a path.
type call struct {
	at   int
	head expr // path or literal
	args []expr
	hash []hashArg
}

type hashArg struct {
	key string
	val expr
}

type literal struct {
	at int
	v  any
}

// path is a name to look up. up counts "../"; root and local are "@root.…" and
// "@index".
type path struct {
	at    int
	text  string
	up    int
	local string // index, key, first, last; empty for other paths
	root  bool
	segs  []string
}

func (c *call) pos() int   { return c.at }
func (l literal) pos() int { return l.at }
func (p *path) pos() int   { return p.at }

// helper is the name under which a head may be a helper, or "".
func (c *call) helper() string {
	if p, ok := c.head.(*path); ok {
		return p.text
	}
	return ""
}
