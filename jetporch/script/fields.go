package script

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// fields is a map of a playbook whose keys are known.
type fields struct {
	f    *File
	what string
	by   map[string]*yaml.Node
}

// fields reads a map against a table of keys. It reports everything that
// jetp's parser would refuse and answers the rest.
func (f *File) fields(n *yaml.Node, what string, tables ...[]Key) (fields, bool) {
	out := fields{f: f, what: what, by: map[string]*yaml.Node{}}
	if n.Kind != yaml.MappingNode {
		f.report(WrongKind, at(n), fmt.Sprintf("%s must be a map of keys, and this is %s", what, kindName(n)), "")
		return out, false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := f.use(n.Content[i]), f.use(n.Content[i+1])
		if key == nil || val == nil {
			return out, false
		}
		out.add(key, val, at(n.Content[i]), tables)
	}
	for _, table := range tables {
		for _, k := range table {
			if k.Required && out.by[k.Name] == nil {
				f.report(MissingKey, at(n), fmt.Sprintf("%s needs the key %q", what, k.Name), "")
			}
		}
	}
	return out, true
}

func (s fields) add(key, val *yaml.Node, pos Pos, tables [][]Key) {
	name := key.Value
	switch {
	case key.Kind != yaml.ScalarNode:
		s.f.report(WrongKind, pos, "a key must be a text", "")
		return
	case name == "<<":
		s.f.report(MergeKey, pos, "jetp does not apply the merge key <<", "write the keys out")
		return
	case s.by[name] != nil:
		s.f.report(DuplicateKey, pos, fmt.Sprintf("%s has the key %q twice", s.what, name), "")
		return
	}
	k := find(name, tables)
	switch {
	case k == nil:
		s.f.report(UnknownKey, pos, fmt.Sprintf("%s has no key %q", s.what, name), suggest(name, names(tables)))
		return
	case k.Since > s.f.b.Profile:
		s.f.report(NotInProfile, pos, fmt.Sprintf("jetp %s has no key %q in %s", s.f.b.Profile, name, s.what), "")
	}
	s.by[name] = val
}

func find(name string, tables [][]Key) *Key {
	for _, table := range tables {
		for i := range table {
			if table[i].Name == name {
				return &table[i]
			}
		}
	}
	return nil
}

func names(tables [][]Key) (all []string) {
	for _, table := range tables {
		for _, k := range table {
			all = append(all, k.Name)
		}
	}
	return all
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.Value == "" {
		return "nothing"
	}
	return "a text"
}

// text reads a scalar. A null of an optional key is not given.
func (s fields) text(name string, required bool) Text {
	n := s.by[name]
	if n == nil {
		return Text{}
	}
	t, ok := s.f.text(n, s.what+"."+name)
	if !ok || !required && t.Null() {
		return Text{}
	}
	return t
}

func (f *File) text(n *yaml.Node, what string) (Text, bool) {
	if n.Kind != yaml.ScalarNode {
		f.report(WrongKind, at(n), fmt.Sprintf("%s must be a text, and this is %s", what, kindName(n)), "")
		return Text{}, false
	}
	return Text{Pos: at(n), Value: n.Value, file: f, style: n.Style}, true
}

// list reads a list of texts.
func (s fields) list(name string) []Text {
	n := s.by[name]
	if n == nil || n.Kind == yaml.ScalarNode && (Text{Value: n.Value, style: n.Style}).Null() {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		s.f.report(WrongKind, at(n), fmt.Sprintf("%s.%s must be a list of texts, and this is %s", s.what, name, kindName(n)), "")
		return nil
	}
	out := []Text{}
	for _, c := range n.Content {
		if c = s.f.use(c); c == nil {
			return out
		}
		if t, ok := s.f.text(c, "an entry of "+s.what+"."+name); ok {
			out = append(out, t)
		}
	}
	return out
}

// suggest answers "did you mean" for the nearest word, or nothing.
func suggest(word string, words []string) string {
	best, far := "", 3
	for _, w := range words {
		if strings.EqualFold(w, word) {
			best, far = w, 0
		}
		if len(word) < 40 {
			if d := distance(word, w); d < far && d < len(w) {
				best, far = w, d
			}
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// distance counts the letters to add, drop or replace.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
