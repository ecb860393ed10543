package lint

import (
	"errors"
	"slices"
	"strings"

	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/template"
)

// task checks one task or handler.
func (l *linter) task(t *script.Task) {
	for _, p := range t.Params {
		l.param(t, p)
	}
	l.with(t)
	l.and(t)
	l.module(t)
	l.cuts(t)
}

// param checks one parameter by its kind.
func (l *linter) param(t *script.Task, p script.Param) {
	switch p.Key.Kind {
	case script.Plain, script.Plains:
	case script.Expr:
		extra := []string{}
		if p.Key.Screen == script.Free {
			extra = []string{"rc", "out"}
			if t.Module.Name == "external" {
				extra = []string{"*"}
			}
			if strings.Contains(p.Text.Value, "{{") {
				l.template(t, p.Text) // rendered before there are rc and out
				return
			}
		}
		l.condition(t, p.Text, extra...)
	case script.Exprs:
		for _, text := range p.List {
			l.condition(t, text)
		}
	case script.Names:
		for _, text := range p.List {
			l.value(t, p.Key, text)
		}
	case script.Map:
		for _, one := range p.Vars.Values {
			if one.Value.Given() {
				l.template(t, one.Value)
			}
			for _, text := range one.Inner {
				if p.Key.Name == "params" { // of set only the texts at the top are templates
					l.template(t, text)
				}
			}
		}
	case script.Attrs:
		if n := len(p.Own); l.b.Profile == script.Released && n < 3 {
			l.report(t.File, script.PartialOwner, p.Text.Pos, "give all three",
				"jetp %s panics where it has to make what gets only some of owner, group and mode, or none", l.b.Profile)
		}
		for _, own := range p.Own {
			l.value(t, own.Key, own.Text)
			if own.Key.Name == "mode" {
				l.mode(t, own.Text)
			}
		}
	default:
		l.value(t, p.Key, p.Text)
	}
}

// value checks a text that is templated, screened and then read.
func (l *linter) value(t *script.Task, k *script.Key, text script.Text) {
	if !text.Given() {
		return
	}
	parsed := l.template(t, text)
	if k.Screen != script.Free && parsed != nil {
		l.screen(t, k, text, parsed)
	}
	if hasTags(text) {
		return
	}
	v := strings.TrimSpace(text.Value)
	switch {
	case k.Kind == script.Bool && v != "true" && v != "false":
		mend := ""
		switch strings.ToLower(v) {
		case "true", "yes", "on", "1":
			mend = "write true"
		case "false", "no", "off", "0":
			mend = "write false"
		}
		l.report(t.File, script.NotABool, text.Pos, mend, "%s is true or false, and %q is neither", k.Name, v)
	case k.Kind == script.Int && !digits(v):
		l.report(t.File, script.NotANumber, text.Pos, "", "%s is a number in digits, and %q is none", k.Name, v)
	case text.Value == "" && k.Kind != script.Path:
		l.report(t.File, script.EmptyText, text.Pos, "", "%s is the empty text, which jetp refuses", k.Name)
	}
}

func digits(s string) bool {
	return s != "" && len(s) <= 19 && strings.Trim(s, "0123456789") == ""
}

// screen finds characters that jetp refuses after templating.
func (l *linter) screen(t *script.Task, k *script.Key, text script.Text, parsed *template.Template) {
	bad := script.StrictRefuses
	if l.b.Profile == script.Released {
		bad += "+"
	}
	for _, lit := range parsed.Literals() {
		if i := strings.IndexAny(lit.Text, bad); i >= 0 {
			l.report(t.File, script.ForbiddenChar, text.At(lit.Offset+i), "", "jetp refuses the character %q in %s", lit.Text[i], k.Name)
			return
		}
		inner := lit.Text
		if !hasTags(text) {
			inner = strings.TrimSpace(inner)
		}
		if k.Screen == script.Word && strings.Contains(inner, " ") {
			l.report(t.File, script.HasSpace, text.Pos, "", "%s is one word, and this has a space", k.Name)
			return
		}
	}
}

func hasTags(text script.Text) bool { return strings.Contains(text.Value, "{{") }

func (l *linter) mode(t *script.Task, text script.Text) {
	if !text.Given() || hasTags(text) {
		return
	}
	v := strings.TrimSpace(text.Value)
	octal, ok := strings.CutPrefix(v, "0o")
	switch {
	case !ok || octal == "" || strings.Trim(octal, "01234567") != "" || len(octal) > 5 || len(octal) == 5 && octal[0] != '0':
		mend := ""
		if d := strings.TrimLeft(v, "0"); d != "" && strings.Trim(d, "01234567") == "" {
			mend = "write 0o" + d
		}
		l.report(t.File, script.BadMode, text.Pos, mend, "a mode is 0o and octal digits, and %q is not", v)
	case len(octal) > 1 && octal[0] == '0':
		l.report(t.File, script.PaddedMode, text.Pos, "write 0o"+strings.TrimLeft(octal, "0"),
			"jetp compares modes as texts, and %q never equals the mode of a file", v)
	}
}

// unreadable reports a mistake in a template or condition at its place.
func (l *linter) unreadable(f *script.File, text script.Text, what string, err error) {
	var e *template.Error
	if errors.As(err, &e) {
		l.report(f, script.TemplateSyntax, text.At(e.Offset), "", "the %s cannot be read: %s", what, e.Reason)
	}
}

// template checks a text as a template and answers it parsed, or nil.
func (l *linter) template(t *script.Task, text script.Text, extra ...string) *template.Template {
	parsed, err := template.Parse(text.Value)
	if err != nil {
		l.unreadable(t.File, text, "template", err)
		return nil
	}
	l.problems(t.File, text, parsed, 0)
	if len(extra) != 1 || extra[0] != "*" {
		l.reads(t, text, parsed, 0, extra...)
	}
	return parsed
}

func (l *linter) problems(f *script.File, text script.Text, parsed *template.Template, base int) {
	all := parsed.Check(true)
	for _, p := range all {
		if l.full() {
			return
		}
		l.report(f, codes[p.Kind], text.At(p.Offset-base), misspelt[p.Reason], "%s", p.Reason)
	}
	for _, p := range parsed.Check(l.b.Profile == script.Head) {
		if l.full() {
			return
		}
		if !slices.Contains(all, p) {
			l.report(f, script.NotInProfile, text.At(p.Offset-base), "", "%s in jetp %s", p.Reason, l.b.Profile)
		}
	}
}

var codes = map[template.ProblemKind]script.Code{
	template.UnknownHelper: script.UnknownHelper,
	template.WrongArity:    script.WrongArity,
	template.ComparesText:  script.ComparesText,
}

// misspelt mends the names of helpers that jetp's documentation gets wrong.
var misspelt = map[string]string{
	"there is no helper to_lowercase": "write to_lower_case",
	"there is no helper to_uppercase": "write to_upper_case",
}

// condition checks an expression.
func (l *linter) condition(t *script.Task, text script.Text, extra ...string) {
	if !text.Given() {
		return
	}
	if i := strings.Index(text.Value, "{{"); i >= 0 {
		l.report(t.File, script.BracesInside, text.At(i), "leave the {{ }} out", "a condition is an expression already")
		return
	}
	parsed, err := template.Condition(text.Value)
	if err != nil {
		l.unreadable(t.File, text, "condition", err)
		return
	}
	const base = template.ConditionOffset
	if name, bare := parsed.Bare(); bare {
		l.report(t.File, script.BareCondition, text.Pos, "write ("+strings.TrimSpace(text.Value)+")",
			"without brackets only %q is tested, as a variable", name)
		return
	}
	l.problems(t.File, text, parsed, base)
	if len(extra) == 1 && extra[0] == "*" {
		return
	}
	l.reads(t, text, parsed, base, extra...)
	for _, n := range parsed.Names() {
		if l.names[n.Name] == byShell && len(extra) == 0 {
			l.report(t.File, script.SavedInCheck, text.At(n.Offset-base), "",
				"%q is saved by a command, and nothing is saved in check mode", n.Name)
			return
		}
	}
}
