package script

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/sluicehq/sluice/jetporch/value"
)

// isText tells whether a scalar node is a text for jetp.
func isText(n *yaml.Node) bool {
	v, err := value.Typed(n)
	_, ok := v.(string)
	return ok && err == nil
}

func kindOf(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return kindName(n)
	}
	v, err := value.Typed(n)
	if err != nil {
		return "a value that cannot be read"
	}
	switch v.(type) {
	case bool:
		return "a truth value"
	case int64, uint64, float64:
		return "a number"
	case nil:
		return "nothing"
	}
	return "a text"
}

// vars reads a map of variables.
func (f *File) vars(n *yaml.Node, what string) Vars {
	out := Vars{Pos: at(n), File: f}
	if null(n) {
		return out
	}
	if n.Kind != yaml.MappingNode {
		f.report(WrongKind, at(n), fmt.Sprintf("%s must be a map of variables, and this is %s", what, kindName(n)), "")
		return out
	}
	v, err := f.value(n)
	if err != nil {
		return out
	}
	out.Map = v.(*value.Map)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := target(n.Content[i]), target(n.Content[i+1])
		if key.Kind != yaml.ScalarNode {
			continue
		}
		if key.Value == "<<" {
			f.report(MergeKey, at(key), "jetp does not apply the merge key <<; it is a variable of that name", "write the keys out")
		}
		one := Variable{Key: Text{Pos: at(key), Value: key.Value, file: f, style: key.Style}}
		if val.Kind == yaml.ScalarNode {
			one.Value = Text{Pos: at(val), Value: val.Value, file: f, style: val.Style}
			one.Plain = val.Style&quotedStyles == 0
		} else {
			one.Inner, one.Many = f.inner(val, nil), true
			one.List = f.entries(val)
		}
		out.Values = append(out.Values, one)
	}
	return out
}

// target is the node that an alias stands for.
func target(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// inner gathers the texts inside a list or map. It was read as a value before,
// so that its nodes are counted.
func (f *File) inner(n *yaml.Node, all []Text) []Text {
	n = target(n)
	if n.Kind == yaml.ScalarNode && isText(n) {
		return append(all, Text{Pos: at(n), Value: n.Value, file: f, style: n.Style})
	}
	for i, c := range n.Content {
		if n.Kind == yaml.SequenceNode || i%2 == 1 {
			all = f.inner(c, all)
		}
	}
	return all
}

// entries gathers the texts that are entries of a list.
func (f *File) entries(n *yaml.Node) (all []Text) {
	if n.Kind != yaml.SequenceNode {
		return nil
	}
	for _, c := range n.Content {
		if c = target(c); c.Kind == yaml.ScalarNode && isText(c) {
			all = append(all, Text{Pos: at(c), Value: c.Value, file: f, style: c.Style})
		}
	}
	return all
}

// value turns a node into a value and reports why it cannot.
func (f *File) value(n *yaml.Node) (any, error) {
	var r value.Reader
	r.Used = f.used
	v, err := r.Value(n)
	f.used = r.Used
	var wrong *value.NodeError
	switch {
	case err == nil:
	case errors.As(err, &wrong) && wrong.Twice:
		f.report(DuplicateKey, at(wrong.Node), wrong.Reason, "")
	case errors.As(err, &wrong):
		f.report(WrongKind, at(wrong.Node), wrong.Reason, "")
	default:
		f.report(TooLarge, at(n), err.Error(), "")
	}
	return v, err
}
