package web

import (
	"net/http"
	"net/url"
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
	list := findingsOf(control.LintScript(text))
	for i := range list {
		list[i].File = "" // there is only one
	}
	return list
}

func findingsOf(found []control.Finding) view.Findings {
	var list view.Findings
	for _, f := range found {
		list = append(list, view.Finding{File: f.File, Line: f.Pos.Line, Column: f.Pos.Col, Warning: f.Severity == "warning", Sentence: f.Sentence, Mend: f.Mend})
	}
	return list
}

// bundles are the playbooks that the reader may send in place of a script.
func (web *Web) bundles(v *visit) ([]fleet.Release, error) {
	return web.control.Releases(v.r.Context(), v.actor, control.ReleaseFilter{Format: fleet.FormatPlaybook}, control.Page{Limit: mostToTick})
}

// variables reads what was given for those that the bundle declares; a field
// that was left empty gives nothing.
func variables(form url.Values, bundle fleet.ReleaseID) map[string]string {
	given := map[string]string{}
	for field := range form {
		if name, ok := strings.CutPrefix(field, view.VariableFields(bundle)); ok && form.Get(field) != "" {
			given[name] = form.Get(field)
		}
	}
	return given
}
