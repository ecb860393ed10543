package value_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/jetporch/value"
)

func TestScalarsAreTypedAsJetpTypesThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"": nil, "~": nil, "null": nil, "Null": nil, "nULL": "nULL",
		"true": true, "True": true, "TRUE": true, "tRUE": "tRUE", "yes": "yes", "no": "no", "on": "on",
		"1": int64(1), "-7": int64(-7), "+7": int64(7), "0": int64(0), "0x1F": int64(31), "0o17": int64(15), "0b11": int64(3),
		"010": "010", "1_000": "1_000", "1.10": 1.1, "1.0": 1.0, "1e3": 1000.0, ".5": 0.5, "00.5": 0.5,
		"2024-01-01": "2024-01-01", "1.2.3": "1.2.3", "0x": "0x", "-": "-", ".": ".", "12:30": "12:30",
		"9223372036854775807": int64(9223372036854775807), "9223372036854775808": uint64(9223372036854775808), "0xFFFFFFFFFFFFFFFF": uint64(1<<64 - 1),
		"18446744073709551616": "18446744073709551616",
	} {
		if got := value.Scalar(text); got != want {
			t.Errorf("%q is %#v, want %#v", text, got, want)
		}
	}
}

func TestValuesAreWhatTheirTagsSay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		`!!int "1"`: int64(1), `!!float 1`: 1.0, `!!bool "true"`: true, `!!str 1`: "1", `!!null ~`: nil, `!!binary eA==`: "eA==",
		`.inf`: nil, `-.inf`: nil, `.nan`: nil, `18446744073709551615`: uint64(1<<64 - 1),
	} {
		if got, err := value.FromYAML([]byte(text)); got != want || err != nil {
			t.Errorf("%s is %#v, %v, want %#v", text, got, err, want)
		}
	}
	for _, text := range []string{`!x 1`, `!x [1]`, `!x {a: 1}`, `{a: !x {b: 1}}`, `!!int x`, `!!bool x`, `!!null ""`, `18446744073709551616`,
		`-9223372036854775809`, `0x10000000000000000`, `{~: a}`, `{null: a}`, `{18446744073709551616: a}`} {
		var wrong *value.NodeError
		if v, err := value.FromYAML([]byte(text)); !errors.As(err, &wrong) {
			t.Errorf("%s is %#v, %v, and not refused", text, v, err)
		}
	}
}

func TestFloatsAreWrittenShortAndTinyOnesAreFalse(t *testing.T) {
	t.Parallel()
	for f, want := range map[float64]string{1e-6: "1e-6", 1e-5: "0.00001", 5e-324: "5e-324", 1.5e300: "1.5e300", 1e16: "1e16", 1e15: "1000000000000000.0", -2.5e-10: "-2.5e-10"} {
		if got := value.Text(f); got != want {
			t.Errorf("%g is written %s, want %s", f, got, want)
		}
	}
	if value.Truthy(5e-324) || value.Truthy(2e-308) || !value.Truthy(1e-300) {
		t.Error("what is below the normal numbers is false")
	}
}

func TestBlendMergesMapsJoinsListsAndReplacesTheRest(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{`{a: 1}`, `{b: 2}`, `{"a":1,"b":2}`},
		{`{a: 1}`, `{a: x}`, `{"a":"x"}`},
		{`{a: [1]}`, `{a: [1, 2]}`, `{"a":[1,1,2]}`},
		{`{a: {b: 1, c: [1]}}`, `{a: {c: [2], d: 3}}`, `{"a":{"b":1,"c":[1,2],"d":3}}`},
		{`{a: {b: 1}}`, `{a: null}`, `{"a":{"b":1}}`},
		{`{a: {b: 1}}`, `{a: 2}`, `{"a":2}`},
		{`{a: 1}`, `{a: null}`, `{"a":null}`},
	} {
		base, over := read(t, c[0]), read(t, c[1])
		if got := string(value.JSON(value.Blend(base, over))); got != c[2] {
			t.Errorf("%s with %s is %s, want %s", c[0], c[1], got, c[2])
		}
		if again := string(value.JSON(base)); again != string(value.JSON(read(t, c[0]))) {
			t.Errorf("blending changed its argument to %s", again)
		}
	}
}

func read(t *testing.T, text string) *value.Map {
	t.Helper()
	v, err := value.FromYAML([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v.(*value.Map)
}

func TestWhatIsWrittenAsYAMLIsReadBackTheSame(t *testing.T) {
	t.Parallel()
	const text = `{"a":"yes","b":"010","c":"true","d":"1.5","e":1.0,"f":[1,"1",null,true,{"x":"~"}],"g":"","h":"a\nb: c","i":"null","j":2.5e-07}`
	m := read(t, text)
	if got := string(value.JSON(read(t, value.YAML(m)))); got != string(value.JSON(m)) {
		t.Errorf("got %s\nwant %s", got, value.JSON(m))
	}
}

func TestDocumentsBeyondALimitAreRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"size":   strings.Repeat("#", value.MaxBytes+1),
		"depth":  strings.Repeat("[", value.MaxDepth+2) + strings.Repeat("]", value.MaxDepth+2),
		"bomb":   "- &a [1,1,1,1,1,1,1,1,1,1]\n- &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n- &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n- &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n- &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n- [*e,*e,*e,*e,*e,*e,*e,*e]\n",
		"circle": "&a [*a]",
	} {
		if _, err := value.FromYAML([]byte(text)); !errors.Is(err, value.ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var many *value.ManyError
	if _, err := value.FromYAML([]byte("a: 1\n---\nb: 2\n")); !errors.As(err, &many) || many.Line != 2 {
		t.Errorf("two documents: %v", err)
	}
	var twice *value.NodeError
	if _, err := value.FromYAML([]byte("a: 1\na: 2\n")); !errors.As(err, &twice) || !twice.Twice || twice.Node.Line != 2 {
		t.Errorf("a repeated key: %v", err)
	}
}
