package web

import (
	"net/http"
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

// lintScript answers with the findings of a script as a part of a page, for
// the editor that asks as one types. Nothing is kept or sent.
func (web *Web) lintScript(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return formError(err)
	}
	return v.show(http.StatusOK, view.Lint(findings(v.r.PostForm.Get("script"))))
}

// findings are what is wrong or suspicious in a script; nothing is wrong yet
// with an empty one, and one that is too long is not read.
func findings(text string) view.Findings {
	if strings.TrimSpace(text) == "" || len(text) > fleet.MaxScript {
		return nil
	}
	var list view.Findings
	for _, f := range control.LintScript(text) {
		list = append(list, view.Finding{Line: f.Pos.Line, Column: f.Pos.Col, Warning: f.Severity == "warning", Sentence: f.Sentence, Mend: f.Mend})
	}
	return list
}
