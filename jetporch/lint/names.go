package lint

import (
	"strings"

	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/template"
)

// collect learns the names of variables of the whole bundle.
func (l *linter) collect(o Options) {
	l.names, l.winners, l.always, l.lists = map[string]origin{}, map[string]bool{}, map[string]bool{}, map[string][]entry{}
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
		l.list(v.File, one)
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
			l.list(t.File, one)
			if v, _ := t.Param("vars").Vars.Map.Get(one.Key.Value); isText(v) {
				l.stores(t, one.Key.Value, byText)
			} else {
				l.stores(t, one.Key.Value, bySet)
			}
		}
	case "stat":
		l.stores(t, t.Param("save").Text.Value, byStat)
	default:
		if save := t.Param("save"); save.Given() {
			l.stores(t, save.Text.Value, byShell)
		}
	}
}

func isText(v any) bool { _, ok := v.(string); return ok }

// stores notes a variable that a task defines.
func (l *linter) stores(t *script.Task, name string, by origin) {
	l.names[name] |= by
	if !t.With.Condition.Given() {
		l.always[name] = true
	}
}

// list notes the entries of a list, which items may name.
func (l *linter) list(f *script.File, one script.Variable) {
	for _, text := range one.List {
		l.lists[one.Key.Value] = append(l.lists[one.Key.Value], entry{f, text})
	}
}

// entry is a text of a list that a variable holds.
type entry struct {
	file *script.File
	text script.Text
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
	l.evaluated(t, text, names, base, extra)
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
		case t.Module.Name == "shell" && (n.Name == "rc" || n.Name == "out"):
			mend = "failed_when and changed_when have rc and out outside of {{ }} only"
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
