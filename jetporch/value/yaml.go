package value

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits of what is read.
const (
	MaxBytes = 1 << 20 // of one document
	MaxDepth = 64      // of nesting
	MaxNodes = 200_000 // with every alias counted as often as it is used
)

var (
	decimal = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)$`)
	based   = regexp.MustCompile(`^[-+]?0(x[0-9a-fA-F]+|o[0-7]+|b[01]+)$`)
	float   = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	padded  = regexp.MustCompile(`^[-+]?0[0-9]+$`)
)

// Scalar types a plain scalar as jetp does (jetporch.md 1.3). A number beyond
// 64 bits is a text here, and refused as a value.
func Scalar(s string) any {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return nil
	case "true", "True", "TRUE":
		return true
	case "false", "False", "FALSE":
		return false
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return math.Inf(1)
	case "-.inf", "-.Inf", "-.INF":
		return math.Inf(-1)
	case ".nan", ".NaN", ".NAN":
		return math.NaN()
	}
	if decimal.MatchString(s) || based.MatchString(s) {
		if n, err := strconv.ParseInt(s, 0, 64); err == nil {
			return n
		}
		if n, err := strconv.ParseUint(strings.TrimPrefix(s, "+"), 0, 64); err == nil {
			return n
		}
		return s
	}
	if float.MatchString(s) && !padded.MatchString(s) {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return f
		}
	}
	return s
}

// Reader turns nodes into values within limits shared by all its calls.
type Reader struct {
	Used int // nodes read so far, counted against MaxNodes
}

// NodeError is a mistake at one node.
type NodeError struct {
	Node   *yaml.Node
	Reason string
	Twice  bool // the key is a repeated one
}

func (e *NodeError) Error() string { return fmt.Sprintf("line %d: %s", e.Node.Line, e.Reason) }

// ErrLimit says that a document is too large, too deep or has too many nodes.
var ErrLimit = errors.New("the document is beyond a limit")

// Value turns a node into a value. A repeated key, a key that is no scalar
// and a limit are errors.
func (r *Reader) Value(n *yaml.Node) (any, error) { return r.value(n, 0) }

func (r *Reader) value(n *yaml.Node, depth int) (any, error) {
	if r.Used++; r.Used > MaxNodes || depth > MaxDepth {
		return nil, fmt.Errorf("%w: %d nodes, %d levels deep, aliases counted as often as they are used", ErrLimit, MaxNodes, MaxDepth)
	}
	switch n.Kind {
	case yaml.AliasNode:
		return r.value(n.Alias, depth+1)
	case yaml.ScalarNode:
		v, err := Typed(n)
		if f, ok := v.(float64); ok && (math.IsInf(f, 0) || math.IsNaN(f)) {
			return nil, nil // JSON has none
		}
		return v, err
	case yaml.SequenceNode:
		if foreign(n) {
			return nil, &NodeError{Node: n, Reason: "a value has no tag " + n.Tag}
		}
		list := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			v, err := r.value(c, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.MappingNode:
		return r.mapping(n, depth)
	}
	return nil, nil
}

// Typed is the value of a scalar node, by its tag where it has one of YAML's.
func Typed(n *yaml.Node) (any, error) {
	const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	if n.Style&yaml.TaggedStyle == 0 {
		if n.Style&quoted != 0 {
			return n.Value, nil
		}
		v := Scalar(n.Value)
		if _, isText := v.(string); isText && (decimal.MatchString(n.Value) || based.MatchString(n.Value)) {
			return nil, &NodeError{Node: n, Reason: "the number " + n.Value + " is beyond 64 bits"}
		}
		return v, nil
	}
	v := Scalar(n.Value)
	fits := false
	tag := n.ShortTag()
	switch v.(type) {
	case bool:
		fits = tag == "!!bool"
	case int64, uint64:
		if tag == "!!float" {
			f, err := strconv.ParseFloat(n.Value, 64)
			return f, err
		}
		fits = tag == "!!int"
	case float64:
		fits = tag == "!!float"
	case nil:
		fits = tag == "!!null" && n.Value != ""
	}
	switch tag {
	case "!!int", "!!float", "!!bool", "!!null":
		if fits {
			return v, nil
		}
	default:
		if !foreign(n) {
			return n.Value, nil
		}
	}
	return nil, &NodeError{Node: n, Reason: "a value has no tag " + n.Tag + " here"}
}

// foreign tells whether a node has a tag that is none of YAML.
func foreign(n *yaml.Node) bool {
	return n.Style&yaml.TaggedStyle != 0 && !strings.HasPrefix(n.ShortTag(), "!!")
}

func (r *Reader) mapping(n *yaml.Node, depth int) (any, error) {
	if foreign(n) {
		return nil, &NodeError{Node: n, Reason: "a value has no tag " + n.Tag}
	}
	m := &Map{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		for key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return nil, &NodeError{Node: n.Content[i], Reason: "a key must be a text"}
		}
		if v, err := Typed(key); err != nil || v == nil {
			return nil, &NodeError{Node: n.Content[i], Reason: "a key must be a text, and this is null or none"}
		}
		if _, ok := m.Get(key.Value); ok {
			return nil, &NodeError{Node: n.Content[i], Reason: fmt.Sprintf("the key %q is given twice", key.Value), Twice: true}
		}
		v, err := r.value(n.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		m.Set(key.Value, v)
	}
	return m, nil
}

// Parse reads one YAML document, or JSON, into a node. It answers nil for an
// empty text. More than one document is an error.
func Parse(source []byte) (*yaml.Node, error) {
	if len(source) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrLimit, len(source), MaxBytes)
	}
	if rest, ok := bytes.CutPrefix(source, []byte("%YAML 1.2")); ok {
		source = slices.Concat([]byte("%YAML 1.1"), rest) // which is all that the decoder reads
	}
	dec := yaml.NewDecoder(bytes.NewReader(source))
	var first, second yaml.Node
	if err := dec.Decode(&first); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := dec.Decode(&second); err == nil {
		return nil, &ManyError{Line: second.Line}
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	if first.Kind != yaml.DocumentNode || len(first.Content) == 0 {
		return nil, nil
	}
	return first.Content[0], nil
}

// ManyError says that a text holds more than one document.
type ManyError struct{ Line int }

func (e *ManyError) Error() string {
	return fmt.Sprintf("line %d: a second document begins; only one is read", e.Line)
}

// FromYAML reads one document of YAML or JSON as a value.
func FromYAML(source []byte) (any, error) {
	n, err := Parse(source)
	if n == nil || err != nil {
		return nil, err
	}
	return new(Reader).Value(n)
}

// YAML writes a value as YAML, for people to read.
func YAML(v any) string {
	text, err := yaml.Marshal(node(v))
	if err != nil {
		panic("internal error: a value that is none: " + err.Error())
	}
	return string(text)
}

func node(v any) *yaml.Node {
	n := &yaml.Node{}
	switch v := v.(type) {
	case *Map:
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
		for _, k := range v.Keys() {
			n.Content = append(n.Content, node(k), node(v.values[k]))
		}
	case []any:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		for _, e := range v {
			n.Content = append(n.Content, node(e))
		}
	case string:
		n.SetString(v)
		if Scalar(v) != any(v) {
			n.Style = yaml.DoubleQuotedStyle
		}
	case nil:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!null", "null"
	default:
		n.Kind, n.Value = yaml.ScalarNode, Text(v)
	}
	return n
}
