package template

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicehq/sluice/jetporch/value"
)

func arguments(n int) string {
	if n == 1 {
		return "an argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

func (r *renderer) block(n *blockNode, f *frame) error {
	name := n.call.helper()
	h := helpers[name]
	if h == nil || !h.Block {
		return errorAt(n.call.at, "there is no block %q", headText(&n.call))
	}
	if name == "raw" {
		return r.run(n.body, f)
	}
	if len(n.call.args) < h.Args {
		return errorAt(n.call.at, "#%s needs %s", name, arguments(h.Args))
	}
	arg := n.call.args[0]
	v, err := r.eval(arg, f)
	if err != nil {
		return err
	}
	switch name {
	case "if", "unless":
		return r.choose(n, v, f)
	case "with":
		return r.with(n, v, f)
	}
	return r.each(n, v, f)
}

func (r *renderer) choose(n *blockNode, v any, f *frame) error {
	yes := v != missing && value.Truthy(v)
	for _, h := range n.call.hash {
		if zero, err := r.eval(h.val, f); err != nil {
			return err
		} else if h.key == "includeZero" && zero == true && (v == any(int64(0)) || v == any(0.0)) {
			yes = true
		}
	}
	if yes == (n.call.helper() == "if") {
		return r.run(n.body, f)
	}
	return r.run(n.inverse, f)
}

func (r *renderer) with(n *blockNode, v any, f *frame) error {
	if v != missing && value.Truthy(v) {
		inner := &frame{this: v, up: f}
		if len(n.as) == 1 { // two names are none
			inner.names = map[string]any{n.as[0]: v}
		}
		return r.run(n.body, inner)
	}
	return r.otherwise(n, f)
}

// otherwise renders the else, without which the block is an error.
func (r *renderer) otherwise(n *blockNode, f *frame) error {
	if !n.hasElse {
		arg := n.call.args[0]
		return errorAt(arg.pos(), "%q is not defined or empty, and #%s has no else", exprText(arg), n.call.helper())
	}
	return r.run(n.inverse, f)
}

func (r *renderer) each(n *blockNode, v any, f *frame) error {
	switch v := v.(type) {
	case []any:
		if len(v) == 0 && n.hasElse {
			return r.run(n.inverse, f)
		}
		for i, e := range v {
			if err := r.turn(n, f, e, int64(i), i == 0, i == len(v)-1); err != nil {
				return err
			}
		}
		return nil
	case *value.Map:
		if v.Len() == 0 && n.hasElse {
			return r.run(n.inverse, f)
		}
		for i, k := range slices.Sorted(slices.Values(v.Keys())) {
			e, _ := v.Get(k)
			if err := r.turn(n, f, e, k, i == 0, i == v.Len()-1); err != nil {
				return err
			}
		}
		return nil
	}
	return r.otherwise(n, f)
}

// turn renders one round of an #each.
func (r *renderer) turn(n *blockNode, f *frame, e, key any, first, last bool) error {
	if err := r.step(); err != nil {
		return err
	}
	inner := &frame{this: e, up: f, locals: map[string]any{"first": first, "last": last}}
	if _, ok := key.(string); ok {
		inner.locals["key"] = key
	} else {
		inner.locals["index"] = key
	}
	if len(n.as) > 0 {
		inner.names = map[string]any{n.as[0]: e}
	}
	if len(n.as) > 1 {
		inner.names[n.as[1]] = key
	}
	return r.run(n.body, inner)
}

// find looks a path up. It answers missing when there is no such thing.
func (r *renderer) find(p *path, f *frame) (any, error) {
	if p.root {
		return descend(any(r.root), p, p.segs)
	}
	start := f
	for range p.up {
		if f = f.up; f == nil {
			f = start // above the outermost level is where it began
			break
		}
	}
	if p.local != "" {
		if p.up > 0 && f == start {
			return missing, nil
		}
		if v, ok := f.locals[p.local]; ok {
			return v, nil
		}
		return missing, nil
	}
	if len(p.segs) > 0 && p.up == 0 {
		for g := start; g != nil; g = g.up {
			if v, ok := g.names[p.segs[0]]; ok {
				return descend(v, p, p.segs[1:])
			}
		}
	}
	return descend(f.this, p, p.segs)
}

// descend follows names into a value. A name in a list has to be a number.
func descend(v any, p *path, segs []string) (any, error) {
	for _, s := range segs {
		list, isList := v.([]any)
		m, isMap := v.(*value.Map)
		v = missing
		switch {
		case isList:
			i, err := strconv.ParseUint(strings.TrimPrefix(s, "+"), 10, 64)
			if err != nil {
				return nil, errorAt(p.at, "%q asks a list for %q, and its entries have numbers only", p.text, s)
			}
			if i < uint64(len(list)) {
				v = list[i]
			}
		case isMap:
			if c, ok := m.Get(s); ok {
				v = c
			}
		}
	}
	return v, nil
}
