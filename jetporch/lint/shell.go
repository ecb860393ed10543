package lint

import (
	"errors"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/template"
)

// maxShell is the longest command that is read as one of the shell: the parser
// goes as deep as the brackets of its text do.
const maxShell = 32 << 10

// shell checks the command of !shell.
func (l *linter) shell(t *script.Task) {
	cmd := t.Param("cmd").Text
	if !cmd.Given() || len(cmd.Value) > maxShell {
		return
	}
	l.secrets(t, cmd)
	text := cmd.Value
	if strings.Contains(text, "{{") {
		parsed, err := template.Parse(text)
		if err != nil {
			return
		}
		l.screened(t, cmd, parsed)
		if parsed.HasBlocks() {
			return
		}
		text = masked(text)
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(text), "")
	if err != nil {
		// What only bash reads fails in a device's sh at the worst, which is
		// not certain.
		if _, err2 := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), ""); err2 == nil {
			return
		}
		l.notShell(t, cmd, err)
		return
	}
	l.reserved(t, cmd, file)
	l.sudoFirst(t, cmd, file)
	l.commands(t, cmd, file)
}

func (l *linter) notShell(t *script.Task, cmd script.Text, err error) {
	var wrong syntax.ParseError
	at, why := cmd.Pos, err.Error()
	if errors.As(err, &wrong) {
		at, why = cmd.At(int(wrong.Pos.Offset())), wrong.Text
	}
	l.report(t.File, script.ShellSyntax, at, "", "the shell cannot read the command: %s", why)
}

// masked replaces each tag by a word of the same length.
func masked(text string) string {
	return tags.ReplaceAllStringFunc(text, func(tag string) string { return strings.Repeat("x", len(tag)) })
}

var tags = regexp.MustCompile(`(?s)\{\{.*?\}\}+`)

// screened finds a command that its own text makes fail: with a tag in it, the
// rendered command must not have shell characters (jetporch.md 1.9).
func (l *linter) screened(t *script.Task, cmd script.Text, parsed *template.Template) {
	if u := t.Param("unsafe").Text; u.Given() && strings.TrimSpace(u.Value) != "false" {
		return
	}
	for _, lit := range parsed.Literals() {
		if i := strings.IndexAny(lit.Text, script.LooseRefuses); i >= 0 {
			l.report(t.File, script.ScreenedCommand, cmd.At(lit.Offset+i), "add unsafe: true",
				"a command with {{ }} must not have the character %q", lit.Text[i])
			return
		}
	}
}

// reserved finds commands that "LANG=C" before them breaks (jetporch.md 1.12).
func (l *linter) reserved(t *script.Task, cmd script.Text, file *syntax.File) {
	if l.b.Profile != script.Head || len(file.Stmts) == 0 {
		return
	}
	first := file.Stmts[0]
	inner := first.Cmd
	for {
		b, ok := inner.(*syntax.BinaryCmd)
		if !ok {
			break
		}
		first = b.X
		inner = first.Cmd
	}
	if _, simple := inner.(*syntax.CallExpr); first.Negated || !simple && inner != nil {
		l.report(t.File, script.ReservedWord, cmd.At(int(first.Pos().Offset())), "put true before it, on a line of its own",
			"this version of jetp puts LANG=C before the command, which the shell then cannot read")
	}
}

// sudoFirst finds commands of which sudo covers the first program only.
func (l *linter) sudoFirst(t *script.Task, cmd script.Text, file *syntax.File) {
	if !t.With.Sudo.Given() && !l.sudo {
		return
	}
	more := len(file.Stmts) > 1
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.BinaryCmd, *syntax.Redirect:
			more = true
		}
		return !more
	})
	if more {
		l.report(t.File, script.SudoFirst, cmd.Pos, "put the whole into sh -c '…'",
			"sudo covers the first program only; what follows it, and every redirection, runs without it")
	}
}

var secretText = regexp.MustCompile(`(?i)((password|passwd|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?[^\s"'{}$]{4,})|-----BEGIN [A-Z ]*PRIVATE KEY|://[^/\s:@{}$]+:[^/\s@{}$]+@|\bAKIA[0-9A-Z]{16}\b`)

func (l *linter) secrets(t *script.Task, text script.Text) {
	if m := secretText.FindStringIndex(text.Value); m != nil {
		l.report(t.File, script.Secret, text.At(m[0]), "give it as an extra variable", "this looks like a secret, readable for all who see the script")
	}
}
