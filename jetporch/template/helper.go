package template

import (
	"strings"
	"unicode"

	"github.com/sluicehq/sluice/jetporch/value"
)

// Helper is a row of the table of helpers.
type Helper struct {
	Name  string
	Args  int  // that it needs; more are not looked at
	Block bool // used as {{#name}}
	Head  bool // only in the unreleased jetp ("head")

	deep  bool // it looks into lists and maps
	quiet bool // a missing name as argument is no error
	call  func(args []any) (any, string)
}

// Helpers is every helper of the dialect (jetporch.md 1.10).
var Helpers = []Helper{
	{Name: "if", Args: 1, Block: true, quiet: true},
	{Name: "unless", Args: 1, Block: true, quiet: true},
	{Name: "each", Args: 1, Block: true, quiet: true},
	{Name: "with", Args: 1, Block: true, quiet: true},
	{Name: "raw", Block: true},
	{Name: "lookup", Args: 2, deep: true, call: lookup},
	{Name: "log", quiet: true, call: func([]any) (any, string) { return "", "" }},
	{Name: "eq", Args: 2, deep: true, call: func(a []any) (any, string) { return value.Equal(a[0], a[1]), "" }},
	{Name: "ne", Args: 2, deep: true, call: func(a []any) (any, string) { return !value.Equal(a[0], a[1]), "" }},
	{Name: "gt", Args: 2, call: compare(func(a, b int64) bool { return a > b })},
	{Name: "gte", Args: 2, call: compare(func(a, b int64) bool { return a >= b })},
	{Name: "lt", Args: 2, call: compare(func(a, b int64) bool { return a < b })},
	{Name: "lte", Args: 2, call: compare(func(a, b int64) bool { return a <= b })},
	{Name: "and", Args: 2, call: func(a []any) (any, string) { return value.Truthy(a[0]) && value.Truthy(a[1]), "" }},
	{Name: "or", Args: 2, call: func(a []any) (any, string) { return value.Truthy(a[0]) || value.Truthy(a[1]), "" }},
	{Name: "not", Args: 1, call: func(a []any) (any, string) { return !value.Truthy(a[0]), "" }},
	{Name: "len", Args: 1, call: length},
	{Name: "to_lower_case", Args: 1, Head: true, call: text1(func(s string) any { return strings.ToLower(s) })},
	{Name: "to_upper_case", Args: 1, Head: true, call: text1(func(s string) any { return strings.ToUpper(s) })},
	{Name: "trim", Args: 1, Head: true, call: text1(func(s string) any { return strings.TrimSpace(s) })},
	{Name: "trim_start", Args: 1, Head: true, call: text1(func(s string) any { return strings.TrimLeftFunc(s, unicode.IsSpace) })},
	{Name: "trim_end", Args: 1, Head: true, call: text1(func(s string) any { return strings.TrimRightFunc(s, unicode.IsSpace) })},
	{Name: "contains", Args: 2, Head: true, call: text2(strings.Contains)},
	{Name: "starts_with", Args: 2, Head: true, call: text2(strings.HasPrefix)},
	{Name: "ends_with", Args: 2, Head: true, call: text2(strings.HasSuffix)},
	{Name: "isdefined", Args: 1, Head: true, quiet: true, call: func(a []any) (any, string) { return a[0] != missing, "" }},
}

var helpers = func() map[string]*Helper {
	m := map[string]*Helper{}
	for i := range Helpers {
		m[Helpers[i].Name] = &Helpers[i]
	}
	return m
}()

// IsHelper tells whether a name belongs to a helper, so that no variable of
// that name can be rendered as {{name}}.
func IsHelper(name string) bool { return helpers[name] != nil }

func compare(f func(a, b int64) bool) func([]any) (any, string) {
	return func(args []any) (any, string) {
		a, ok1 := args[0].(int64)
		b, ok2 := args[1].(int64)
		if !ok1 || !ok2 {
			return nil, "compares whole numbers only, a text or a fraction is none"
		}
		return f(a, b), ""
	}
}

func text1(f func(string) any) func([]any) (any, string) {
	return func(args []any) (any, string) {
		s, ok := args[0].(string)
		if !ok {
			return nil, "takes a text"
		}
		return f(s), ""
	}
}

func text2(f func(a, b string) bool) func([]any) (any, string) {
	return func(args []any) (any, string) {
		a, ok1 := args[0].(string)
		b, ok2 := args[1].(string)
		if !ok1 || !ok2 {
			return nil, "takes two texts"
		}
		return f(a, b), ""
	}
}

func length(args []any) (any, string) {
	switch v := args[0].(type) {
	case string:
		return int64(len(v)), "" // bytes
	case []any:
		return int64(len(v)), ""
	case *value.Map:
		return int64(v.Len()), ""
	}
	return int64(0), ""
}

// lookup finds by a number in a list, by a text in a map, and else nothing.
func lookup(args []any) (any, string) {
	switch v := args[0].(type) {
	case []any:
		if i, ok := args[1].(int64); ok && i >= 0 && i < int64(len(v)) {
			return v[i], ""
		}
	case *value.Map:
		key, isText := args[1].(string)
		if c, ok := v.Get(key); isText && ok {
			return c, ""
		}
	}
	return nil, "finds nothing there"
}
