package install

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

func TestSettingsThatCannotBeMadeSayWhy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ format, old, key, want string }{
		{"json", `[1]`, "a", "its top is not an object"},
		{"json", `{"a":1}`, "a.b", "what is above it is no object"},
		{"json", `{"a":1,"a":2}`, "a", `key "a" is there twice`},
		{"json", `{"a":1} x`, "a", "it is not JSON"},
		{"json", `{"a":[1]}`, "a.1", "1 is no index of a list of 1"},
		{"json", strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200), "a", "nested deeper than 100"},
		{"yaml", "a: 1\n---\nb: 2\n", "a", "more than one document"},
		{"yaml", "a: [1", "a", "it is not YAML"},
		{"yaml", "a: &x {b: 1}\nc: *x\n", "c.b", "behind an alias"},
		{"yaml", "a: 1\n", "a.b", "what is above it is no map"},
		{"ini", "[a\nb=1\n", "a.b", "] is missing"},
		{"json", `{"a":[1,2]}`, "a.0", "an element of a list cannot be removed"},
		{"yaml", "a: [1, 2]\n", "a.0", "an element of a list cannot be removed"},
	} {
		edit := map[string]func([]byte, []setting) ([]byte, error){"json": editJSON, "yaml": editYAML, "ini": editINI}[c.format]
		var value any = "v"
		if strings.HasSuffix(c.want, "removed") {
			value = nil
		}
		_, err := edit([]byte(c.old), settings(map[string]any{c.key: value}))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %.30q: got %v, want %q", c.format, c.old, err, c.want)
		}
	}
}

func TestSettingsKeepTheRestOfTheFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format, old, key string
		value            any
		want             string
	}{
		{"json", "", "a.b", json.Number("1"), "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n"},
		{"json", "{\n\t\"big\": 12345678901234567890,\n\t\"a\": 1\n}\n", "a", json.Number("2.50"), "{\n\t\"big\": 12345678901234567890,\n\t\"a\": 2.50\n}\n"},
		{"json", `{"a":  [1, 2]}`, "a", []any{json.Number("1"), json.Number("2")}, `{"a":  [1, 2]}`},
		{"yaml", "", "a.b", "no", "a:\n  b: \"no\"\n"},
		{"yaml", "# only a comment\n", "a", json.Number("1"), "a: 1\n"},
		{"yaml", "a: 'x' # why\nb: 1\n", "a", "y", "a: 'y' # why\nb: 1\n"},
		{"yaml", "a: 1\nb: 2\n", "a", nil, "b: 2\n"},
		{"ini", "a=1\r\n[s]\r\nb = 2 \r\n", "s.b", "3", "a=1\r\n[s]\r\nb = 3\r\n"},
		{"ini", "net.ipv4.forward = 0", "net.ipv4.forward", json.Number("1"), "net.ipv4.forward = 1"},
		{"ini", "[s]\na=1", "s.b", true, "[s]\na=1\nb=true\n"},
		{"yaml", "a: 1.1 # why\n", "a", json.Number("1.10"), "a: 1.10 # why\n"},
		{"yaml", "a: {}\n", "a.b", []any{json.Number("12345678.0"), map[string]any{"1": json.Number("1e3"), "no": "1.10"}}, "a:\n  b:\n    - 12345678.0\n    - \"1\": 1e3\n      \"no\": \"1.10\"\n"},
		{"json", `{"a":1.1}`, "a", json.Number("1.10"), "{\n  \"a\": 1.10\n}\n"},
		{"ini", "[s]\na=1\n", "s.a", json.Number("1.10"), "[s]\na=1.10\n"},
		{"ini", "[s]\na=1\n[t]\n", "s.a", nil, "[s]\n[t]\n"},
	} {
		edit := map[string]func([]byte, []setting) ([]byte, error){"json": editJSON, "yaml": editYAML, "ini": editINI}[c.format]
		list := settings(map[string]any{c.key: c.value})
		got, err := edit([]byte(c.old), list)
		if err != nil || !strings.HasSuffix(string(got), c.want) {
			t.Errorf("%s %q: got %q, %v, want %q", c.format, c.old, got, err, c.want)
			continue
		}
		if again, err := edit(got, list); err != nil || string(again) != string(got) {
			t.Errorf("%s %q: a second time %q, %v", c.format, c.old, again, err)
		}
	}
}

// Whatever the file holds: no panic, and a second edit changes nothing.
func FuzzEditsAreRepeatable(f *testing.F) {
	f.Add([]byte(`{"a":{"b":1}}`), "a.b", "v")
	f.Add([]byte("a: {b: 1} # c\n"), "a.b", "v")
	f.Add([]byte("[a]\nb=1\n"), "a.b", "v")
	f.Fuzz(func(t *testing.T, old []byte, key, value string) {
		if !utf8.ValidString(key) || !utf8.ValidString(value) || slices.Contains(strings.Split(key, "."), "") || strings.ContainsAny(key+value, "\r\n\x00[]=;#") || strings.TrimSpace(key) != key || strings.TrimSpace(value) != value || len(old) > 1<<12 {
			return
		}
		for name, edit := range map[string]func([]byte, []setting) ([]byte, error){"json": editJSON, "yaml": editYAML, "ini": editINI} {
			list := settings(map[string]any{key: value})
			once, err := edit(old, list)
			if err != nil {
				continue
			}
			if name == "yaml" && yaml.Unmarshal(once, new(any)) != nil {
				continue // a document that yaml itself cannot write back
			}
			twice, err := edit(once, list)
			if err != nil || string(twice) != string(once) {
				t.Errorf("%s: %q becomes %q, then %q, %v", name, old, once, twice, err)
			}
		}
	})
}
