package lint

import (
	"regexp"
	"strings"

	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/template"
	"github.com/sluicehq/sluice/jetporch/value"
)

// play checks what stands in a play outside its tasks.
func (l *linter) play(p *script.Play) {
	f := l.b.Playbook
	for _, g := range p.Groups {
		if g.Value != "all" {
			l.report(f, script.UnknownGroup, g.Pos, "write all", "the only group on the machine itself is all, not %q", g.Value)
		}
	}
	if p.Batch.Given() {
		if n, ok := value.Scalar(p.Batch.Value).(int64); ok && n == 0 {
			l.report(f, script.ZeroBatch, p.Batch.Pos, "leave it out", "batch_size is 0, on which jetp panics")
		}
	}
	l.sudoTemplate(p.SudoTemplate)
	defaults := p.Defaults.Map
	l.variables(p.Defaults)
	for _, u := range p.Roles {
		l.variables(u.Vars)
		if r := l.b.Roles[u.Role.Value]; r != nil {
			l.variables(r.Defaults)
			l.joined(r.Defaults, p.Defaults.Map)
			defaults = value.Blend(defaults, r.Defaults.Map)
			l.joined(u.Vars, value.Blend(defaults, p.Vars.Map))
		}
	}
	l.variables(p.Vars)
	l.joined(p.Vars, defaults)
	for _, v := range p.FileVars {
		l.variables(v)
		l.joined(v, value.Blend(defaults, p.Vars.Map))
	}
}

// sudoTemplate checks the play's own way to become another user.
func (l *linter) sudoTemplate(text script.Text) {
	if !text.Given() {
		return
	}
	f := l.b.Playbook
	parsed, err := template.Parse(text.Value)
	if err != nil {
		l.unreadable(f, text, "template", err)
		return
	}
	l.problems(f, text, parsed, 0)
	for _, n := range parsed.Names() {
		if n.Name != "jet_sudo_user" && n.Name != "jet_command" && !template.IsHelper(n.Name) {
			l.report(f, script.UndefinedName, text.At(n.Offset), "", "sudo_template has jet_sudo_user and jet_command only, and no %q", n.Name)
		}
	}
}

// joined warns of lists that are laid upon lists.
func (l *linter) joined(v script.Vars, below *value.Map) {
	for _, one := range v.Values {
		here, _ := v.Map.Get(one.Key.Value)
		there, _ := below.Get(one.Key.Value)
		_, a := here.([]any)
		_, b := there.([]any)
		if a && b {
			l.report(v.File, script.JoinedList, one.Key.Pos, "give one of them another name",
				"the list %q is given below already; jetp joins the two and replaces nothing", one.Key.Value)
		}
	}
}

var (
	truthWord  = regexp.MustCompile(`^([yY]es|YES|[nN]o|NO|[oO]n|ON|[oO]ff|OFF|y|Y|n|N)$`)
	paddedInt  = regexp.MustCompile(`^[-+]?0[0-9]+$`)
	groupedInt = regexp.MustCompile(`^[-+]?[0-9]+(_[0-9]+)+$`)
)

// variables warns of names and values that are not what they seem.
func (l *linter) variables(v script.Vars) {
	for _, one := range v.Values {
		l.helperName(v.File, one.Key)
		l.secretVar(v.File, one)
		if !one.Plain {
			continue
		}
		text := one.Value.Value
		why := ""
		switch val := value.Scalar(text).(type) {
		case string:
			switch {
			case truthWord.MatchString(text):
				why = "is a text and no truth value, and every text that is not empty is true"
			case paddedInt.MatchString(text), groupedInt.MatchString(text):
				why = "is a text and no number"
			}
		case int64, uint64, float64:
			switch out := value.Text(val); out {
			case text:
			case "":
				why = "is null for jetp"
			default:
				why = "is a number that renders as " + out
			}
		}
		if why != "" {
			l.report(v.File, script.YAMLSurprise, one.Value.Pos, "put it in quotes if the text is meant", "%s %s", text, why)
		}
	}
}

func (l *linter) helperName(f *script.File, name script.Text) {
	if template.IsHelper(name.Value) {
		l.report(f, script.HelperName, name.Pos, "choose another name", "%q is the name of a helper, so that {{%s}} does not render the variable", name.Value, name.Value)
	}
}

var secretName = regexp.MustCompile(`(?i)(^|_|-)(password|passwd|pwd|secret|token|api_?key|private_?key|passphrase)$`)

func (l *linter) secretVar(f *script.File, one script.Variable) {
	v := one.Value.Value
	if one.Value.Given() && len(v) >= 4 && secretName.MatchString(one.Key.Value) && !strings.Contains(v, "{{") && !one.Value.Null() {
		l.report(f, script.Secret, one.Key.Pos, "give it as an extra variable", "the value of %q looks like a secret and is readable for all who see the script", one.Key.Value)
	}
}
