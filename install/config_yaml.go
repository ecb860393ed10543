package install

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// editYAML sets values in the nodes of the document, so that comments and the
// order of keys stay.
func editYAML(old []byte, list []setting) ([]byte, error) {
	doc, err := readYAML(old)
	if err != nil {
		return nil, err
	}
	changed := false
	for _, s := range list {
		value, err := nodeYAML(s.value)
		if err != nil {
			return nil, fmt.Errorf("%s: %v", s.key, err)
		}
		did, err := setYAML(doc.Content[0], s.path, value, s.remove)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.key, err)
		}
		changed = changed || did
	}
	if !changed && len(old) > 0 {
		return old, nil
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(max(len(indentOf(old)), 2))
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("cannot write YAML: %v", err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("cannot write YAML: %v", err)
	}
	return out.Bytes(), nil
}

func readYAML(old []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(old))
	var doc, more yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) || (err == nil && isNullYAML(&doc)) {
		top := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		if len(doc.Content) == 1 { // nothing but comments
			top.HeadComment, top.FootComment = doc.HeadComment, doc.FootComment
		}
		return &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{top}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("it is not YAML: %w", err)
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("it holds more than one document, or is damaged behind the first")
	}
	return &doc, nil
}

func isNullYAML(doc *yaml.Node) bool {
	return len(doc.Content) == 1 && doc.Content[0].Tag == "!!null"
}

// setYAML sets or removes the value at a path below a mapping or sequence.
func setYAML(at *yaml.Node, path []string, value *yaml.Node, remove bool) (bool, error) {
	slot, err := findYAML(at, path[0])
	if err != nil {
		return false, err
	}
	switch {
	case slot < 0 && remove:
		return false, nil
	case slot < 0 && len(path) == 1:
		at.Content = append(at.Content, keyYAML(path[0]), value)
		at.Style &^= yaml.FlowStyle
		return true, nil
	case slot < 0:
		below := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		at.Content = append(at.Content, keyYAML(path[0]), below)
		return setYAML(below, path[1:], value, remove)
	case len(path) > 1:
		return setYAML(at.Content[slot], path[1:], value, remove)
	case remove && at.Kind == yaml.MappingNode:
		at.Content = append(at.Content[:slot-1], at.Content[slot+1:]...)
		return true, nil
	case remove:
		return false, errNoElement
	}
	return replaceYAML(at.Content[slot], value)
}

// findYAML returns where the value of a key or index is, -1 for none.
func findYAML(at *yaml.Node, key string) (int, error) {
	switch at.Kind {
	case yaml.MappingNode:
		for i := 1; i < len(at.Content); i += 2 {
			if at.Content[i-1].Value == key {
				return i, nil
			}
		}
		return -1, nil
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(at.Content) {
			return i, nil
		}
		return 0, fmt.Errorf("%s is no index of a list of %d", key, len(at.Content))
	case yaml.AliasNode:
		return 0, fmt.Errorf("cannot go to %s: it is behind an alias; set the anchor", key)
	}
	return 0, fmt.Errorf("cannot go to %s: what is above it is no map", key)
}

// replaceYAML keeps the comments, and the anchor that others refer to.
func replaceYAML(old, value *yaml.Node) (bool, error) {
	same, err := sameYAML(old, value)
	if err != nil || same {
		return false, err
	}
	value.HeadComment, value.LineComment, value.FootComment = old.HeadComment, old.LineComment, old.FootComment
	value.Anchor = old.Anchor
	if old.Kind == yaml.ScalarNode && value.Kind == yaml.ScalarNode && old.Tag == value.Tag {
		value.Style = old.Style
	}
	*old = *value
	return true, nil
}

// nodeYAML keeps numbers as they are written.
func nodeYAML(v any) (*yaml.Node, error) {
	n := &yaml.Node{}
	switch v := v.(type) {
	case json.Number:
		n.Kind, n.Value = yaml.ScalarNode, v.String()
		n.Tag = n.ShortTag()
		return n, nil
	case []any:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		for _, item := range v {
			below, err := nodeYAML(item)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, below)
		}
		return n, nil
	case map[string]any:
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
		for _, key := range slices.Sorted(maps.Keys(v)) {
			name := &yaml.Node{}
			below, err := nodeYAML(v[key])
			if err := errors.Join(err, name.Encode(key)); err != nil {
				return nil, err
			}
			n.Content = append(n.Content, name, below)
		}
		return n, nil
	}
	return n, n.Encode(v)
}

func isNumberYAML(n *yaml.Node) bool { return n.Tag == "!!int" || n.Tag == "!!float" }

func sameYAML(a, b *yaml.Node) (bool, error) {
	if isNumberYAML(a) && isNumberYAML(b) {
		return a.Value == b.Value, nil
	}
	var x, y any
	if err := a.Decode(&x); err != nil {
		return false, err
	}
	if err := b.Decode(&y); err != nil {
		return false, err
	}
	left, err := yaml.Marshal(x)
	if err != nil {
		return false, err
	}
	right, err := yaml.Marshal(y)
	return bytes.Equal(left, right), err
}

func keyYAML(key string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(key)
	var probe any
	if n.Tag = "!!str"; yaml.Unmarshal([]byte(key), &probe) == nil {
		if _, text := probe.(string); !text {
			n.Style = yaml.DoubleQuotedStyle
		}
	}
	return n
}
