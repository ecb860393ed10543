package template_test

import (
	"os"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/jetporch/template"
	"github.com/sluicehq/sluice/jetporch/value"
)

// TestTemplatesRenderAsTheDialectSays reads testdata/render.txt: blocks of
// "= template", then what it renders or "! reason". \n and \t are escapes.
func TestTemplatesRenderAsTheDialectSays(t *testing.T) {
	t.Parallel()
	vars := variables(t)
	text, err := os.ReadFile("testdata/render.txt")
	if err != nil {
		t.Fatal(err)
	}
	unescape := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r")
	n := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		src, want, ok := strings.Cut(line, " => ")
		src = strings.TrimSuffix(src, "$")
		if !ok {
			t.Fatalf("%q has no =>", line)
		}
		n++
		got, err := template.Render(unescape.Replace(src), vars)
		if reason, fails := strings.CutPrefix(want, "! "); fails {
			if err == nil || !strings.Contains(err.Error(), reason) {
				t.Errorf("%s\n got %q, %v\nwant an error with %q", src, got, err, reason)
			}
			continue
		}
		if err != nil || got != strings.TrimSuffix(unescape.Replace(want), "$") {
			t.Errorf("%s\n got %q, %v\nwant %q", src, got, err, want)
		}
	}
	if n < 80 {
		t.Errorf("only %d cases were found", n)
	}
}

func variables(t testing.TB) *value.Map {
	t.Helper()
	v, err := value.FromYAML([]byte(`
name: gateway
empty: ""
zero: 0
one: 1
half: 1.50
whole: 1.0
yes: true
no: false
nothing: null
text_false: "false"
list: [a, b]
none: []
people: [{name: Ann}, {name: Bo}]
map: {x: 1, y: two}
deep: {er: {est: 7}}
up: {rc: 0, out: "ok"}
"odd key": odd
log: hidden
angle: "<&>"
order: {b: 1, ż: 2, a: 3, "1": 4}
`))
	if err != nil {
		t.Fatal(err)
	}
	return v.(*value.Map)
}

func TestConditionsAreTestedAsJetpEmbedsThem(t *testing.T) {
	t.Parallel()
	vars := variables(t)
	for _, c := range []struct {
		src  string
		want bool
		fail bool
	}{
		{src: `(eq one 1)`, want: true},
		{src: `(eq one "1")`},
		{src: `(eq one 1.0)`},
		{src: `eq one 1`}, // tests the variable eq, which is missing
		{src: `yes`, want: true},
		{src: `absent`},
		{src: `text_false`, want: true},
		{src: `(not no)`, want: true},
		{src: `(and yes (not (eq up.rc 1)))`, want: true},
		{src: `(isdefined absent)`},
		{src: `(isdefined name)`, want: true},
		{src: `(eq absent 1)`, fail: true},
		{src: `{{yes}}`, fail: true},
		{src: `one == 1`, fail: true},
		{src: `(gt one "0")`, fail: true},
		{src: ``, fail: true},
		{src: `}}x{{/if}}{{#if yes`, fail: true},
	} {
		got, err := template.True(c.src, vars)
		if got != c.want || (err != nil) != c.fail {
			t.Errorf("%s: got %v, %v; want %v, fails %v", c.src, got, err, c.want, c.fail)
		}
	}
}

func TestAMistakeIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]int{
		"abc {{x":             4,
		"{{#if a}}b":          0,
		"{{#if a}}b{{/each}}": 10,
		"a{{/if}}":            1,
		"{{x ==1}}":           4,
		"{{(eq a}}":           2,
	} {
		_, err := template.Parse(src)
		e, ok := err.(*template.Error)
		if !ok || e.Offset != want {
			t.Errorf("%s: got %#v, want offset %d", src, err, want)
		}
	}
}

func TestCheckFindsWhatIsCertainToFail(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"{{to_lowercase x}}":                 "there is no helper to_lowercase",
		"{{#every x}}{{/every}}":             "there is no block every",
		"{{#if (eq a)}}{{/if}}":              "eq needs 2 arguments",
		"{{#each}}{{/each}}":                 "#each needs an argument",
		"{{gt a \"1\"}}":                     "gt compares whole numbers, and this is none",
		"{{#if (unknown)}}{{/if}}":           "there is no helper unknown",
		"{{x}}{{#if (eq a 1)}}{{y}}{{/if}} ": "",
	} {
		parsed, err := template.Parse(src)
		if err != nil {
			t.Fatal(src, err)
		}
		got := ""
		for _, p := range parsed.Check(true) {
			got += p.Reason
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", src, got, want)
		}
	}
	parsed, _ := template.Parse("{{trim x}}")
	if len(parsed.Check(true)) != 0 || len(parsed.Check(false)) != 1 {
		t.Error("trim is a helper at head and none in 0.1.1")
	}
}

func TestNamesAreThoseOfTheOutermostLevel(t *testing.T) {
	t.Parallel()
	parsed, err := template.Parse(`{{a.b}}{{#each list as |v i|}}{{v}}{{i}}{{inner}}{{../outer}}{{@root.top}}{{/each}}{{#if quiet}}{{/if}}{{eq c 1}}`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range parsed.Names() {
		name := n.Name
		if n.Quiet {
			name += "?"
		}
		got = append(got, name)
	}
	if want := "a list outer top quiet? c"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRenderingIsBounded(t *testing.T) {
	t.Parallel()
	list := make([]any, 1000)
	vars := value.Of("l", list)
	for _, src := range []string{
		strings.Repeat("{{#each l}}", 4) + "x" + strings.Repeat("{{/each}}", 4),
		"{{#each l}}{{#each @root.l}}{{#each @root.l}}x{{/each}}{{/each}}{{/each}}",
		`{{#*inline "a"}}{{> a}}{{/inline}}{{> a}}`,
		strings.Repeat("{{#if l}}", 100) + strings.Repeat("{{/if}}", 100),
		"{{" + strings.Repeat("(eq ", 100),
	} {
		if _, err := template.Render(src, vars); err == nil {
			t.Errorf("%.60s… is not refused", src)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	text, err := os.ReadFile("testdata/render.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		f.Add(strings.ReplaceAll(line, `\n`, "\n"))
	}
	vars := variables(f)
	f.Fuzz(func(t *testing.T, src string) {
		parsed, err := template.Parse(src)
		if err != nil {
			if e, ok := err.(*template.Error); !ok || e.Offset < 0 || e.Offset > len(src) {
				t.Fatalf("%q: %#v", src, err)
			}
			return
		}
		parsed.Check(true)
		parsed.Names()
		parsed.Compares()
		if _, err := parsed.Render(vars); err != nil && err.Error() == "" {
			t.Fatal("an empty reason")
		}
		if _, err := template.Condition(src); err != nil && err.Error() == "" {
			t.Fatal("an empty reason")
		}
	})
}
