package variable

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Check holds what an operator gave against the declaration and converts each
// value to string, int64 or bool. The error is a sentence that names the
// variable and what is allowed; nothing given is an empty map.
func Check(declared []Variable, given map[string]string) (map[string]any, error) {
	values := make(map[string]any, len(given))
	for _, name := range slices.Sorted(maps.Keys(given)) {
		i := slices.IndexFunc(declared, func(v Variable) bool { return v.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("the variable %s is not declared by the package: %s", quote(name), takes(declared))
		}
		value, err := declared[i].convert(given[name])
		if err == nil && !declared[i].lists(value) {
			err = fmt.Errorf("is not one of its values")
		}
		if err != nil {
			return nil, fmt.Errorf("the variable %s cannot be %s, which %w: it is %s", name, quote(given[name]), err, declared[i].Allowed())
		}
		values[name] = value
	}
	for _, v := range declared {
		if _, ok := values[v.Name]; v.Required && !ok {
			return nil, fmt.Errorf("the variable %s is missing: it is required, and it is %s", v.Name, v.Allowed())
		}
	}
	return values, nil
}

// CheckBounds refuses what no package could take, before it is kept anywhere.
func CheckBounds(given map[string]string) error {
	if len(given) > MaxDeclared {
		return fmt.Errorf("%d variables are given, more than the %d that a package may declare", len(given), MaxDeclared)
	}
	for name, value := range given {
		if len(name) > MaxName || len(value) > MaxValue {
			return fmt.Errorf("the variable %s has a name of more than %d or a value of more than %d bytes", quote(name), MaxName, MaxValue)
		}
	}
	return nil
}

// Allowed says what a value may be: "one of \"a\", \"b\"" or "a whole number".
func (v Variable) Allowed() string {
	switch {
	case len(v.Values) > 0:
		quoted := make([]string, len(v.Values))
		for i, value := range v.Values {
			quoted[i] = quote(value)
		}
		return "one of " + strings.Join(quoted, ", ")
	case v.Type == Integer:
		return "a whole number"
	case v.Type == Boolean:
		return "true or false"
	}
	return "text that matches " + v.Pattern
}

// convert returns the value, or the end of a sentence that begins with it.
func (v Variable) convert(text string) (any, error) {
	if len(text) > MaxValue {
		return nil, fmt.Errorf("is longer than %d bytes", MaxValue)
	}
	if err := plain(text); err != nil {
		return nil, err
	}
	switch v.Type {
	case Integer:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != text {
			return nil, fmt.Errorf("is no whole number in plain decimal digits")
		}
		return n, nil
	case Boolean:
		if text != "true" && text != "false" {
			return nil, fmt.Errorf("is neither true nor false")
		}
		return text == "true", nil
	}
	if v.Pattern == "" {
		return text, nil
	}
	form, err := regexp.Compile(v.Pattern)
	if err != nil {
		return nil, fmt.Errorf("cannot be judged by its pattern: %v", err)
	}
	form.Longest() // the whole value counts, not the alternative that is written first
	if at := form.FindStringIndex(text); at == nil || at[0] != 0 || at[1] != len(text) {
		return nil, fmt.Errorf("does not match its pattern")
	}
	return text, nil
}

func (v Variable) lists(value any) bool {
	return len(v.Values) == 0 || slices.ContainsFunc(v.Values, func(text string) bool {
		listed, err := v.convert(text)
		return err == nil && listed == value
	})
}

func takes(declared []Variable) string {
	if len(declared) == 0 {
		return "it takes none"
	}
	return "it takes " + strings.Join(Names(declared), ", ")
}
