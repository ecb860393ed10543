package script

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// tasks reads a list of tasks or handlers.
func (f *File) tasks(n *yaml.Node, what string, handler bool, role *Role) []*Task {
	if n == nil || null(n) && (role == nil || n.Value == "") {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		f.report(WrongKind, at(n), fmt.Sprintf("%s must be a list of tasks, and this is %s", what, kindName(n)), "")
		return nil
	}
	var out []*Task
	for _, c := range n.Content {
		if c = f.use(c); c == nil {
			return out
		}
		if t := f.task(c, handler, role); t != nil {
			out = append(out, t)
		}
	}
	return out
}

// task reads one task. It answers nil when it cannot tell the module.
func (f *File) task(n *yaml.Node, handler bool, role *Role) *Task {
	tag, ok := strings.CutPrefix(n.Tag, "!")
	if !ok || tag == "" || strings.HasPrefix(tag, "!") || strings.Contains(tag, "tag:yaml.org") {
		mend := "write the module as a tag, for example - !shell"
		if n.Kind == yaml.MappingNode && len(n.Content) > 0 && moduleByName[n.Content[0].Value] != nil {
			mend = "write - !" + n.Content[0].Value
		}
		f.report(NoTag, at(n), "the task has no module", mend)
		return nil
	}
	m := moduleByName[tag]
	if m == nil {
		var all []string
		for _, m := range Modules {
			all = append(all, m.Name)
		}
		f.report(UnknownModule, at(n), fmt.Sprintf("there is no module %q", tag), suggest(strings.TrimSuffix(tag, ":"), all))
		return nil
	}
	if m.Since > f.b.Profile {
		f.report(NotInProfile, at(n), fmt.Sprintf("jetp %s has no module %q", f.b.Profile, tag), "")
	}
	t := &Task{File: f, Pos: at(n), Module: m, Handler: handler, Role: role}
	what := "!" + tag
	if n.Kind == yaml.ScalarNode {
		if n.Value != "" || n.Style&^yaml.TaggedStyle != 0 {
			f.report(ScalarAfter, at(n), fmt.Sprintf("a text stands after %s, where keys are expected", what), "write the keys on lines of their own")
			return nil
		}
		n = &yaml.Node{Kind: yaml.MappingNode, Line: n.Line, Column: n.Column}
	}
	s, ok := f.fields(n, what, m.Keys, anyTask)
	if !ok {
		return nil
	}
	t.Name = s.text("name", false)
	t.Params = s.params(m.Keys)
	if w := s.by["with"]; w != nil && !null(w) {
		t.With = f.with(w)
	}
	if a := s.by["and"]; a != nil && !null(a) {
		t.And = f.and(a)
	}
	return t
}

func null(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (Text{Value: n.Value, style: n.Style}).Null()
}

func (s fields) params(keys []Key) []Param {
	out := make([]Param, 0, len(s.by))
	for i := range keys {
		k := &keys[i]
		n := s.by[k.Name]
		if n == nil || null(n) && (!k.Required || k.Kind == Map || k.Kind == Names) {
			continue
		}
		p := Param{Key: k, Text: Text{Pos: at(n), file: s.f}}
		switch k.Kind {
		case Names, Exprs, Plains:
			p.List = s.list(k.Name)
		case Map:
			p.Vars = s.f.vars(n, s.what+"."+k.Name)
		case Attrs:
			own, ok := s.f.fields(n, "attributes", ownKeys)
			if !ok {
				continue
			}
			p.Own = own.params(ownKeys)
		default:
			if p.Text = s.text(k.Name, k.Required); !p.Text.Given() {
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

func (f *File) with(n *yaml.Node) With {
	s, _ := f.fields(n, "with", withKeys)
	w := With{
		Pos: at(n), Condition: s.text("condition", false), Subscribe: s.text("subscribe", false).trimmed(),
		Sudo: s.text("sudo", false), Tags: s.list("tags"), DelegateTo: s.text("delegate_to", false),
	}
	items := s.by["items"]
	if items == nil || null(items) {
		return w
	}
	w.HasItems = true
	if items.Style&yaml.TaggedStyle != 0 && !strings.HasPrefix(items.ShortTag(), "!!") {
		f.report(BadItems, at(items), "items has no tag "+items.Tag, "")
	}
	switch items.Kind {
	case yaml.ScalarNode:
		if !isText(items) {
			f.report(BadItems, at(items), "items is "+kindOf(items)+", where the name of a list or a list of texts is expected", "")
			break
		}
		w.Items, _ = f.text(items, "with.items")
	case yaml.SequenceNode:
		w.List = f.items(items)
	default:
		f.report(BadItems, at(items), "items is a map, where the name of a list or a list of texts is expected", "")
	}
	return w
}

// items reads an inline list, in which jetp takes texts only.
func (f *File) items(n *yaml.Node) []Text {
	out := []Text{}
	for _, c := range n.Content {
		if c = f.use(c); c == nil {
			return out
		}
		t := Text{Pos: at(c), Value: c.Value, file: f, style: c.Style}
		if c.Kind != yaml.ScalarNode || !isText(c) {
			f.report(BadItems, at(c), "an entry of items must be a text, and this is "+kindOf(c), "put it in quotes, or name a list of vars")
			continue
		}
		out = append(out, t)
	}
	return out
}

func (f *File) and(n *yaml.Node) And {
	s, _ := f.fields(n, "and", andKeys)
	return And{Pos: at(n), Notify: s.text("notify", false), IgnoreErrors: s.text("ignore_errors", false),
		Retry: s.text("retry", false), Delay: s.text("delay", false)}
}
