package template

import (
	"strings"

	"github.com/sluicehq/sluice/jetporch/value"
)

// missing marks a name that is not there, which is not null.
var missing = any(&struct{ _ byte }{})

// Render fills a template with variables. The error is an *Error; nothing of
// a template that fails is returned.
func (t *Template) Render(vars *value.Map) (string, error) {
	r := renderer{root: vars, inline: map[string][]node{}}
	if err := r.run(t.nodes, &frame{this: vars}); err != nil {
		return "", err
	}
	return r.out.String(), nil
}

// Render parses and renders a text at once.
func Render(src string, vars *value.Map) (string, error) {
	if !strings.Contains(src, "{{") {
		return src, nil
	}
	t, err := Parse(src)
	if err != nil {
		return "", err
	}
	return t.Render(vars)
}

// True evaluates a condition.
func True(src string, vars *value.Map) (bool, error) {
	t, err := Condition(src)
	if err != nil {
		return false, err
	}
	text, err := t.Render(vars)
	return text == "true", err
}

// frame is what one block sees.
type frame struct {
	this   any
	up     *frame
	locals map[string]any
	names  map[string]any
}

type renderer struct {
	root   *value.Map
	out    strings.Builder
	inline map[string][]node
	indent string // of the partial that is rendered
	depth  int
	steps  int
	work   int
}

func (r *renderer) run(nodes []node, f *frame) error {
	for _, n := range nodes {
		if err := r.step(); err != nil {
			return err
		}
		if err := r.node(n, f); err != nil {
			return err
		}
		if r.out.Len() > MaxBytes {
			return errorAt(0, "the template renders more than %d bytes", MaxBytes)
		}
	}
	return nil
}

// step counts a tag, a text, or a round of a loop, which may have neither.
func (r *renderer) step() error {
	if r.steps++; r.steps > maxSteps {
		return errorAt(0, "the template repeats more than %d tags", maxSteps)
	}
	return nil
}

// weigh counts what a helper has to look at.
func (r *renderer) weigh(at int, v any, deep bool) error {
	if r.work += weight(v, deep); r.work > maxWork {
		return errorAt(at, "the helpers of the template look at too much: more than %d values", maxWork)
	}
	return nil
}

// weight is how many values, of which a text is one for every 16 bytes.
func weight(v any, deep bool) int {
	n := 1
	switch v := v.(type) {
	case string:
		n += len(v) / 16
	case []any:
		for i := 0; deep && i < len(v); i++ {
			n += weight(v[i], deep)
		}
	case *value.Map:
		for i := 0; deep && i < v.Len(); i++ {
			e, _ := v.Get(v.Keys()[i])
			n += weight(e, deep)
		}
	}
	return n
}

func (r *renderer) node(n node, f *frame) error {
	switch n := n.(type) {
	case textNode:
		r.write(n.text)
	case tagNode:
		v, err := r.tag(&n.call, f)
		if err != nil {
			return err
		}
		r.write(value.Text(v))
	case *blockNode:
		return r.block(n, f)
	case inlineNode:
		r.inline[n.name] = n.body
	case partialNode:
		return r.partial(n, f)
	}
	return nil
}

func (r *renderer) partial(n partialNode, f *frame) error {
	body, ok := r.inline[n.name]
	if !ok {
		return errorAt(n.at, "there is no partial %q", n.name)
	}
	if r.depth++; r.depth > maxInline {
		return errorAt(n.at, "partials are more than %d levels deep", maxInline)
	}
	defer func() { r.depth-- }()
	if n.context != nil {
		v, err := r.strict(n.context, f)
		if err != nil {
			return err
		}
		f = &frame{this: v, up: f}
	}
	before := r.indent
	r.indent = n.indent
	defer func() { r.indent = before }()
	return r.run(body, f)
}

// write writes a text; in a partial its lines after the first are indented.
func (r *renderer) write(text string) {
	if r.indent == "" {
		r.out.WriteString(text)
		return
	}
	for text != "" && r.out.Len() <= MaxBytes {
		n := strings.IndexByte(text, '\n') + 1
		if n == 0 || n == len(text) {
			r.out.WriteString(text)
			return
		}
		r.out.WriteString(text[:n] + r.indent)
		text = text[n:]
	}
}

// tag is the value of {{call}}.
func (r *renderer) tag(c *call, f *frame) (any, error) {
	name := c.helper()
	if h := helpers[name]; h != nil {
		return r.help(h, c, f)
	}
	if len(c.args) > 0 || len(c.hash) > 0 {
		return nil, errorAt(c.at, "there is no helper %q", headText(c))
	}
	return r.strict(c.head, f)
}

func headText(c *call) string {
	switch h := c.head.(type) {
	case *path:
		return h.text
	case literal:
		return value.Text(h.v)
	}
	return "(…)"
}

func (r *renderer) help(h *Helper, c *call, f *frame) (any, error) {
	if h.Block {
		return nil, errorAt(c.at, "%q is a block: {{#%s …}}…{{/%s}}", h.Name, h.Name, h.Name)
	}
	if len(c.args) < h.Args {
		return nil, errorAt(c.at, "%q needs %s", h.Name, arguments(h.Args))
	}
	args := make([]any, len(c.args))
	for i, a := range c.args {
		v, err := r.eval(a, f)
		if err != nil {
			return nil, err
		}
		if v == missing && !h.quiet && i < h.Args {
			return nil, undefined(a)
		}
		if err := r.weigh(a.pos(), v, h.deep); err != nil {
			return nil, err
		}
		args[i] = v
	}
	v, wrong := h.call(args)
	if wrong != "" {
		return nil, errorAt(c.at, "%q %s", h.Name, wrong)
	}
	return v, nil
}

func exprText(e expr) string {
	if p, ok := e.(*path); ok {
		return p.text
	}
	return "this"
}

// strict is eval where a missing name is an error.
func (r *renderer) strict(e expr, f *frame) (any, error) {
	v, err := r.eval(e, f)
	if err == nil && v == missing {
		return nil, undefined(e)
	}
	return v, err
}

func (r *renderer) eval(e expr, f *frame) (any, error) {
	switch e := e.(type) {
	case literal:
		return e.v, nil
	case *path:
		return r.find(e, f)
	case *call:
		if len(e.args) == 0 && len(e.hash) == 0 && helpers[e.helper()] == nil {
			return nil, errorAt(e.at, "there is no helper %q", headText(e))
		}
		return r.tag(e, f)
	}
	return missing, nil
}
