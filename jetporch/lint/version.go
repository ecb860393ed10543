package lint

import (
	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/template"
)

// entries checks the texts of the list that items names: jetp renders and
// screens them as it does those of an inline list.
func (l *linter) entries(t *script.Task, name string) {
	all := l.lists[name]
	delete(l.lists, name) // once is enough
	for _, e := range all {
		in := *t
		in.File, in.With.HasItems = e.file, false
		l.value(&in, itemKey, e.text)
	}
}

// setAgain warns of a list or map that 0.1.1 joins with what was set before.
func (l *linter) setAgain(t *script.Task, one script.Variable) {
	if emptied := l.again[one.Key.Value] && one.Value.Null(); l.b.Profile != script.Released || !one.Many && !emptied {
		return
	}
	if l.again[one.Key.Value] || t.With.HasItems {
		l.report(t.File, script.JoinedSet, one.Key.Pos, "choose another name",
			"%q is set more than once; jetp %s joins the values, later versions and the built-in runner replace", one.Key.Value, l.b.Profile)
	}
	l.again[one.Key.Value] = true
}

// evaluated warns of what a task with a condition reads that only tasks with
// a condition store: 0.1.1 evaluates it also where both are skipped.
func (l *linter) evaluated(t *script.Task, text script.Text, names []template.Name, base int, extra []string) {
	c := t.With.Condition
	if l.b.Profile != script.Released || !c.Given() || text.Pos == c.Pos || len(extra) > 0 || t.Module.Name == "set" {
		return
	}
	for _, n := range names {
		by := l.names[n.Name]
		if n.Quiet || by == 0 || by&given != 0 || l.always[n.Name] {
			continue
		}
		l.report(t.File, script.EvaluatedAway, text.At(n.Offset-base), "give it a value in defaults",
			"only tasks with a condition store %q, and jetp %s reads it also where this one is skipped", n.Name, l.b.Profile)
		return
	}
}

// itemCondition warns of a condition that 0.1.1 tests for each item.
func (l *linter) itemCondition(t *script.Task) {
	c := t.With.Condition
	if l.b.Profile != script.Released || !c.Given() || !t.With.HasItems {
		return
	}
	parsed, err := template.Condition(c.Value)
	if err != nil {
		return
	}
	for _, n := range parsed.Names() {
		if n.Name == "item" || n.Name == t.Param("save").Text.Value {
			l.report(t.File, script.ItemCondition, c.At(n.Offset-template.ConditionOffset), "choose the items instead",
				"jetp %s tests this for each item, later versions and the built-in runner once, before there is one", l.b.Profile)
			return
		}
	}
}
