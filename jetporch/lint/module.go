package lint

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/template"
)

// module checks what is special to a module.
func (l *linter) module(t *script.Task) {
	is := func(param, want string) bool { return strings.TrimSpace(t.Param(param).Text.Value) == want }
	at := func(param string) script.Pos { return t.Param(param).Text.Pos }
	for _, p := range t.Params {
		if p.Key.Only && l.b.Profile > p.Key.Since {
			l.report(t.File, script.NotInProfile, p.Text.Pos, "write vars", "jetp %s has no key %q in !%s any more", l.b.Profile, p.Key.Name, t.Module.Name)
		}
	}
	switch t.Module.Name {
	case "shell":
		l.shell(t)
	case "echo", "fail":
		l.secrets(t, t.Param("msg").Text)
	case "copy":
		l.source(t, t.Param("src").Text, "files")
	case "template":
		l.source(t, t.Param("src").Text, "templates")
	case "external":
		l.source(t, t.Param("use").Text, "modules")
	case "directory":
		if is("remove", "true") && !t.Param("recurse").Given() {
			l.report(t.File, script.KeptContents, at("remove"), "add recurse: true", "a directory that is not empty is not removed")
		}
	case "apt", "dnf", "yum", "pacman":
		if is("update", "true") {
			l.report(t.File, script.AlwaysUpdated, at("update"), "give a version", "jetp compares versions of %s by their text and may report an update each time", t.Module.Name)
		}
	case "sd_service":
		if is("started", "false") && is("restart", "true") {
			l.report(t.File, script.StoppedRestart, at("restart"), "leave one of them out", "started: false and restart: true contradict each other")
		}
	case "git":
		l.secrets(t, t.Param("repo").Text)
	case "user":
		l.user(t)
	case "set":
		for _, one := range t.Param("vars").Vars.Values {
			l.shadowed(t, one.Key)
			l.helperName(t.File, one.Key)
			l.secretVar(t.File, one)
			l.setAgain(t, one)
			if one.Value.Given() && one.Value.Value == "" && !one.Value.Null() {
				l.report(t.File, script.EmptyText, one.Value.Pos, "", "%s is the empty text, which set refuses", one.Key.Value)
			}
		}
	}
	if save := t.Param("save"); save.Given() {
		l.shadowed(t, save.Text)
		l.helperName(t.File, save.Text)
	}
}

func (l *linter) shadowed(t *script.Task, name script.Text) {
	if l.winners[name.Value] {
		l.report(t.File, script.ShadowedSet, name.Pos, "choose another name", "vars define %q, too, and win over what a task stores", name.Value)
	}
}

func (l *linter) user(t *script.Task) {
	gid := t.Param("gid").Text
	if !gid.Given() || strings.TrimSpace(t.Param("remove").Text.Value) == "true" {
		return
	}
	if digits(strings.TrimSpace(gid.Value)) {
		l.report(t.File, script.NumericGID, gid.Pos, "write the name of the group", "jetp compares gid with the name of the group, so that a number is never equal")
	}
	if own := t.Param("create_user_group").Text; !own.Given() || strings.TrimSpace(own.Value) == "true" {
		l.report(t.File, script.GIDConflict, gid.Pos, "add create_user_group: false", "gid together with a group of the user's own is refused by useradd")
	}
}

// source checks a file that a task takes from the bundle.
func (l *linter) source(t *script.Task, text script.Text, dir string) {
	name := strings.TrimSpace(text.Value)
	if !text.Given() || name == "" || path.IsAbs(name) || strings.Contains(name, "{{") {
		return
	}
	if l.b.Files == nil {
		l.report(t.File, script.MissingFile, text.Pos, "send a bundle, or give an absolute path",
			"%s is not sent: this is a single playbook", name)
		return
	}
	full := path.Join(dir, name)
	if t.Role != nil && dir != "modules" {
		full = path.Join(t.Role.Dir, full)
	}
	if !script.Exists(l.b.Files, full) {
		l.report(t.File, script.MissingFile, text.Pos, "", "%s is not there", full)
		return
	}
	if dir == "templates" && !l.bodies[full] {
		l.bodies[full] = true
		l.body(t, full)
	}
}

// body checks a template file.
func (l *linter) body(t *script.Task, name string) {
	source, err := script.Read(l.b.Files, name)
	if err != nil {
		return
	}
	text, f := script.Whole(path.Join(path.Dir(l.b.Playbook.Name), name), source)
	if !utf8.Valid(source) {
		l.report(f, script.TemplateSyntax, script.Pos{Line: 1, Col: 1}, "use !copy", "the template is no text in UTF-8")
		return
	}
	in := *t
	in.File = f
	l.template(&in, text, "ENV_*")
	if parsed, err := template.Parse(text.Value); err == nil && (text.Value == "" || parsed.Empty()) {
		l.report(f, script.EmptyText, text.Pos, "use !file", "the template is empty, which jetp refuses")
	}
}
