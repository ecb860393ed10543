package value

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Text renders a value as a template does (jetporch.md 1.10): null is empty,
// a list is "[a, b, ]", a map is "[object]".
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	case float64:
		return number(v)
	case []any:
		var b strings.Builder
		b.WriteByte('[')
		for _, e := range v {
			b.WriteString(Text(e))
			b.WriteString(", ")
		}
		b.WriteByte(']')
		return b.String()
	default:
		return "[object]"
	}
}

// number writes a float so that it stays one: 1.0 is "1.0".
func number(f float64) string {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return "" // null
	}
	if abs := math.Abs(f); abs != 0 && (abs < 1e-5 || abs >= 1e16) {
		digits, exp, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
		sign := ""
		if exp[0] == '-' {
			sign = "-"
		}
		return digits + "e" + sign + strings.TrimLeft(exp[1:], "0")
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// Truthy is the truth of a value (jetporch.md 1.10): false, null, 0, NaN and
// everything empty are false; the text "false" is true.
func Truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case uint64:
		return v != 0
	case float64:
		return math.Abs(v) >= 0x1p-1022 // smaller ones are as good as 0
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case *Map:
		return v.Len() > 0
	}
	return false
}

// Equal is equality of JSON values: 1, 1.0 and "1" are three values.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !Equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case *Map:
		b, ok := b.(*Map)
		if !ok || a.Len() != b.Len() {
			return false
		}
		for _, k := range a.Keys() {
			v, ok := b.Get(k)
			if !ok || !Equal(a.values[k], v) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case []any, *Map:
		return false
	}
	return a == b
}

// JSON writes a value as JSON, keys in their order.
func JSON(v any) []byte { return appendJSON(nil, v) }

func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(b, "null"...)
		}
		return append(b, number(v)...)
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, e)
		}
		return append(b, ']')
	case *Map:
		b = append(b, '{')
		for i, k := range v.Keys() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, k)
			b = append(b, ':')
			b = appendJSON(b, v.values[k])
		}
		return append(b, '}')
	default:
		text, err := json.Marshal(v)
		if err != nil {
			panic("internal error: a value that is none: " + err.Error())
		}
		return append(b, text...)
	}
}
