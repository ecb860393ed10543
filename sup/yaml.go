package sup

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// numberForm is how JSON writes numbers.
var numberForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// maxYAMLDepth bounds how deep a source is nested.
const maxYAMLDepth = 64

// fromYAML turns a node into what encoding/json writes as a value of type t.
// The type decides how a scalar is read, so that a version 1.10 and a mode
// 0755 stay the text they are. Keys that t does not have are errors.
func fromYAML(n *yaml.Node, t reflect.Type, depth int) (any, error) {
	if depth == 0 {
		return nil, lineError(n, "nested too deep")
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return nil, lineError(n, "anchors and aliases are not read; write the value out")
	}
	switch {
	case t == reflect.TypeFor[Action]():
		return actionFromYAML(n, depth)
	case t.Kind() == reflect.Struct:
		return structFromYAML(n, fieldTypes(t), depth)
	case t.Kind() == reflect.Interface && n.Kind == yaml.MappingNode:
		return mapFromYAML(n, t, depth)
	case t.Kind() == reflect.Interface && n.Kind == yaml.SequenceNode:
		return listFromYAML(n, t, depth)
	case t.Kind() == reflect.Map:
		return mapFromYAML(n, t.Elem(), depth)
	case t.Kind() == reflect.Slice:
		return listFromYAML(n, t.Elem(), depth)
	}
	return scalarFromYAML(n, t)
}

// actionFromYAML reads the type first: it decides what params may be.
func actionFromYAML(n *yaml.Node, depth int) (any, error) {
	fields := fieldTypes(reflect.TypeFor[Action]())
	fields["params"] = reflect.TypeFor[RuntimeControl]()
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value != "type" {
				continue
			}
			t, ok := Lookup(n.Content[i+1].Value)
			if !ok {
				return nil, lineError(n.Content[i+1], "there is no action %s; `sluice sup actions` lists them", printable(n.Content[i+1].Value))
			}
			fields["params"] = reflect.TypeOf(t.params()).Elem()
		}
	}
	return structFromYAML(n, fields, depth)
}

func structFromYAML(n *yaml.Node, fields map[string]reflect.Type, depth int) (any, error) {
	return eachPair(n, func(key string, value *yaml.Node) (any, error) {
		t, ok := fields[key]
		if !ok {
			return nil, lineError(value, "unknown key %s", printable(key))
		}
		return fromYAML(value, t, depth-1)
	})
}

func mapFromYAML(n *yaml.Node, elem reflect.Type, depth int) (any, error) {
	return eachPair(n, func(_ string, value *yaml.Node) (any, error) {
		return fromYAML(value, elem, depth-1)
	})
}

func eachPair(n *yaml.Node, read func(key string, value *yaml.Node) (any, error)) (any, error) {
	if n.Kind != yaml.MappingNode {
		return nil, lineError(n, "here a map of keys and values is needed")
	}
	m := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			return nil, lineError(key, "a key must be text")
		}
		if _, twice := m[key.Value]; twice {
			return nil, lineError(key, "the key %s comes twice", printable(key.Value))
		}
		value, err := read(key.Value, n.Content[i+1])
		if err != nil {
			return nil, err
		}
		m[key.Value] = value
	}
	return m, nil
}

func listFromYAML(n *yaml.Node, elem reflect.Type, depth int) (any, error) {
	if n.Kind != yaml.SequenceNode {
		return nil, lineError(n, "here a list is needed")
	}
	list := make([]any, len(n.Content))
	for i, c := range n.Content {
		value, err := fromYAML(c, elem, depth-1)
		if err != nil {
			return nil, err
		}
		list[i] = value
	}
	return list, nil
}

func scalarFromYAML(n *yaml.Node, t reflect.Type) (any, error) {
	if n.Kind != yaml.ScalarNode {
		return nil, lineError(n, "here a single value is needed")
	}
	switch t.Kind() {
	case reflect.String:
		return n.Value, nil
	case reflect.Int, reflect.Int64, reflect.Uint64:
		if number, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			return number, nil
		}
		return nil, lineError(n, "%s is not a whole number", printable(n.Value))
	}
	switch n.Tag {
	case "!!null", "!!bool":
		var v any
		if err := n.Decode(&v); err != nil {
			return nil, lineError(n, "%v", err)
		}
		return v, nil
	case "!!int", "!!float":
		if number := strings.TrimPrefix(n.Value, "+"); numberForm.MatchString(number) {
			return json.Number(number), nil
		}
		if n.Tag == "!!float" {
			return nil, lineError(n, "%s is not how JSON writes a number; put it in quotes or write it in digits", printable(n.Value))
		}
		return nil, lineError(n, "%s can be read as several numbers; put it in quotes or write it in decimal", printable(n.Value))
	}
	return n.Value, nil
}

// fieldTypes maps the JSON names of a structure to the types of its fields.
func fieldTypes(t reflect.Type) map[string]reflect.Type {
	fields := make(map[string]reflect.Type, t.NumField())
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields[name] = f.Type
	}
	return fields
}

func lineError(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", n.Line, fmt.Sprintf(format, args...))
}
