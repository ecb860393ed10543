package lint

import (
	"strings"

	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/template"
)

// collect learns the names of variables of the whole bundle.
func (l *linter) collect(o Options) {
	l.names, l.winners = map[string]origin{}, map[string]bool{}
	for _, n := range o.ExtraVars {
		l.names[n] |= given
	}
	for _, p := range l.b.Plays {
		l.define(p.Defaults, false)
		l.define(p.Vars, true)
		for _, v := range p.FileVars {
			l.define(v, true)
		}
		for _, u := range p.Roles {
			l.define(u.Vars, true)
		}
		l.sudo = l.sudo || p.Sudo.Given()
	}
	for _, r := range l.b.Roles {
		l.define(r.Defaults, false)
	}
	l.b.Tasks(l.learn)
}

func (l *linter) define(v script.Vars, wins bool) {
	for _, one := range v.Values {
		l.names[one.Key.Value] |= given
		if wins {
			l.winners[one.Key.Value] = true
		}
	}
}

func (l *linter) learn(t *script.Task) {
	switch t.Module.Name {
	case "facts":
		l.facts = true
		for _, tree := range []string{"facter", "ohai"} {
			if t.Param(tree).Given() {
				l.names[tree] |= given
			}
		}
	case "set":
		for _, one := range t.Param("vars").Vars.Values {
			l.names[one.Key.Value] |= byText
		}
	case "stat":
		l.names[t.Param("save").Text.Value] |= byStat
	default:
		if save := t.Param("save"); save.Given() {
			l.names[save.Text.Value] |= byShell
		}
	}
}

// known tells whether something defines a name for a task.
func (l *linter) known(t *script.Task, name string, extra []string) bool {
	if l.names[name] != 0 || name == "delegate_host" {
		return true
	}
	if l.facts && strings.HasPrefix(name, "jet_") {
		return name != "jet_arch" || l.b.Profile == script.Head
	}
	for _, e := range extra {
		if name == e || strings.HasSuffix(e, "*") && strings.HasPrefix(name, e[:len(e)-1]) {
			return true
		}
	}
	return name == "item" && t.With.HasItems
}

// asked are the names that a template asks for by isdefined, so that their
// absence is meant.
func asked(names []template.Name) (out []string) {
	for _, n := range names {
		if n.Asked {
			out = append(out, n.Name)
		}
	}
	return out
}

// reads checks the names that a template reads. Places count from base, which
// is what the template has before the text.
func (l *linter) reads(t *script.Task, text script.Text, parsed *template.Template, base int, extra ...string) {
	names := parsed.Names()
	extra = append(extra, asked(names)...)
	if c := t.With.Condition; c.Given() {
		if guard, err := template.Condition(c.Value); err == nil {
			extra = append(extra, asked(guard.Names())...)
		}
	}
	for _, n := range names {
		if l.full() {
			return
		}
		if l.known(t, n.Name, extra) || template.IsHelper(n.Name) {
			continue
		}
		at := text.At(n.Offset - base)
		if n.Quiet {
			l.report(t.File, script.QuietUndefined, at, "", "nothing defines %q, so the test is silently false", n.Name)
			continue
		}
		mend := ""
		switch {
		case strings.HasPrefix(n.Name, "jet_") && !l.facts:
			mend = "run !facts before"
		case n.Name == "item":
			mend = "only parameters of a task with items have it"
		}
		l.report(t.File, script.UndefinedName, at, mend, "nothing seems to define %q", n.Name)
	}
	for _, c := range parsed.Compares() {
		if l.full() {
			return
		}
		_, isInt := c.Literal.(int64)
		_, isFloat := c.Literal.(float64)
		if (isInt || isFloat) && l.names[c.Name] == byText {
			l.report(t.File, script.TextNumber, text.At(c.Offset-base), "put the number in quotes",
				"%q comes from set and is a text, which never equals a number", c.Name)
		}
	}
}
