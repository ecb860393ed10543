package variable_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/variable"
)

var declared = []variable.Variable{
	{Name: "channel", Values: []string{"stable", "beta"}, Required: true},
	{Name: "host", Pattern: `a|a[a-z]+`},
	{Name: "port", Type: variable.Integer},
	{Name: "level", Type: variable.Integer, Values: []string{"1", "-2"}},
	{Name: "verbose", Type: variable.Boolean},
}

func TestValuesAreConvertedToTheirTypes(t *testing.T) {
	t.Parallel()
	if err := variable.CheckDeclared(declared); err != nil {
		t.Fatal(err)
	}
	got, err := variable.Check(declared, map[string]string{"channel": "beta", "host": "abc", "port": "8080", "level": "-2", "verbose": "true"})
	want := map[string]any{"channel": "beta", "host": "abc", "port": int64(8080), "level": int64(-2), "verbose": true}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, %v", got, err)
	}
	if got, err := variable.Check(nil, nil); err != nil || got == nil || len(got) != 0 {
		t.Errorf("nothing given: %#v, %v", got, err)
	}
}

func TestARefusalNamesTheVariableAndWhatIsAllowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, value, want string }{
		{"color", "red", `the variable "color" is not declared by the package: it takes channel, host, port, level, verbose`},
		{"channel", "nightly", `the variable channel cannot be "nightly", which is not one of its values: it is one of "stable", "beta"`},
		{"host", "ab\n", `the variable host cannot be "ab\n", which has a control character: it is text that matches a|a[a-z]+`},
		{"host", "xa", `the variable host cannot be "xa", which does not match its pattern: it is text that matches a|a[a-z]+`},
		{"host", "ax1", `which does not match its pattern`},
		{"host", "", `which does not match its pattern`},
		{"host", "a\x00", `which has a control character`},
		{"host", "a\u0085", `which has a control character`},
		{"host", "a\xff", `which is not UTF-8`},
		{"host", strings.Repeat("a", 1025), `which is longer than 1024 bytes`},
		{"port", "1.5", `the variable port cannot be "1.5", which is no whole number in plain decimal digits: it is a whole number`},
		{"port", "+1", "no whole number"}, {"port", "01", "no whole number"}, {"port", "0x1", "no whole number"}, {"port", "", "no whole number"},
		{"port", "9223372036854775808", "no whole number"},
		{"level", "2", `which is not one of its values: it is one of "1", "-2"`},
		{"verbose", "yes", `the variable verbose cannot be "yes", which is neither true nor false: it is true or false`},
	} {
		given := map[string]string{"channel": "stable"}
		given[c.name] = c.value
		if _, err := variable.Check(declared, given); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s=%q: got %v, want %s", c.name, c.value, err, c.want)
		}
	}
	if _, err := variable.Check(declared, nil); err == nil || err.Error() != `the variable channel is missing: it is required, and it is one of "stable", "beta"` {
		t.Errorf("a missing one: %v", err)
	}
	if _, err := variable.Check(nil, map[string]string{"a": "b"}); err == nil || !strings.Contains(err.Error(), "it takes none") {
		t.Errorf("a package without variables: %v", err)
	}
}

func TestAPatternMatchesTheWholeValueHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"a", "a|ab|abc", "^a$", "(?m)^a$", "a*?", `\Qa`, "(?i)A", "a|b)(?:"} {
		v := []variable.Variable{{Name: "x", Pattern: pattern}}
		if err := variable.CheckDeclared(v); err != nil {
			if pattern != "a|b)(?:" {
				t.Errorf("%s: %v", pattern, err)
			}
			continue
		}
		if _, err := variable.Check(v, map[string]string{"x": "a"}); err != nil {
			t.Errorf("%s does not match a: %v", pattern, err)
		}
		for _, wrong := range []string{"xa", "a; reboot", "ax"} {
			if _, err := variable.Check(v, map[string]string{"x": wrong}); err == nil {
				t.Errorf("%s matches %s", pattern, wrong)
			}
		}
	}
}

func TestWhatNoPackageCouldTakeIsOutOfBounds(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range variable.MaxDeclared + 1 {
		many[fmt.Sprint(i)] = ""
	}
	for name, given := range map[string]map[string]string{
		"too many": many, "a long name": {strings.Repeat("a", variable.MaxName+1): ""}, "a long value": {"a": strings.Repeat("a", variable.MaxValue+1)},
	} {
		if variable.CheckBounds(given) == nil {
			t.Errorf("%s is within bounds", name)
		}
	}
	if err := variable.CheckBounds(map[string]string{"a": strings.Repeat("a", variable.MaxValue)}); err != nil {
		t.Error(err)
	}
}

// FuzzCheck: what is accepted for a string is matched as a whole and can be
// put into a file, a form and a terminal.
func FuzzCheck(f *testing.F) {
	f.Add("[a-z]+", "abc")
	f.Fuzz(func(t *testing.T, pattern, value string) {
		v := []variable.Variable{{Name: "x", Pattern: pattern}}
		if variable.CheckDeclared(v) != nil {
			return
		}
		if _, err := variable.Check(v, map[string]string{"x": value}); err == nil && strings.ContainsAny(value, "\x00\n\r\x1b\x7f") {
			t.Errorf("%q was accepted for %q", value, pattern)
		}
	})
}
