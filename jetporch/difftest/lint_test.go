package difftest

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sluicehq/sluice/jetporch/lint"
	"github.com/sluicehq/sluice/jetporch/script"
)

// judgements are the playbooks of lint/testdata on which jetp's check mode
// comes to another end than the linter, with the reason. It starts on each
// machine with the files of the archive only, so that services and other files
// are missing.
var judgements = map[string]string{
	"cuts-itself/bad.yml":             "the machine has no such service",
	"cuts-itself/good.yml":            "the machine has no such service",
	"empty-text+template/bad.yml":     "nothing is rendered in check mode before dest is there",
	"evaluated-anyway/bad.yml":        "a warning, since the names may come from anywhere",
	"merge-key/bad.yml":               "silent: it is a variable with that name",
	"missing-file+alone/good.yml":     "the machine has no such file",
	"retry-ignored/bad.yml":           "silent: nothing is tried again",
	"saved-in-check/bad.yml":          "a warning, since it fails in check mode only",
	"screened-command/bad.yml":        "nothing is screened in check mode",
	"shell-syntax/bad.yml":            "nothing is run in check mode",
	"stopped-restart/good.yml":        "the machine has no such service",
	"template-syntax+bytes/bad.yml":   "nothing is rendered in check mode before dest is there",
	"unknown-helper+partial/bad.yml":  "silent: a partial that is not there renders nothing",
	"undefined-name+released/bad.yml": "a warning, since variables may come from anywhere",
	"undefined-name+rendered/bad.yml": "a warning, since variables may come from anywhere",
	"undefined-name/bad.yml":          "a warning, since variables may come from anywhere",
}

func TestAJetpRefusesWhatTheLinterFinds(t *testing.T) {
	t.Parallel()
	path, profile := realJetp(t)
	for name, a := range archives(t, "../lint/testdata") {
		for _, which := range []string{"bad.yml", "good.yml"} {
			t.Run(name+"/"+which, func(t *testing.T) {
				t.Parallel()
				m := unpack(t, named(a, which))
				found, err := lint.Path(filepath.Join(m.book, "playbook.yml"), profile, lint.Options{})
				if err != nil {
					t.Fatal(err)
				}
				accepted := !script.HasError(found)
				ended := jetpIn(path, "check-local")(t, m)
				why, deviates := judgements[name+"/"+which]
				if deviates = deviates && profile == script.Released; deviates != (accepted != ended) {
					t.Errorf("accepted by the linter: %v %v, by jetp: %v, meant to differ: %v (%s)", accepted, found, ended, deviates, why)
				}
			})
		}
	}
}

// named is the archive with one of its playbooks as the one that is run.
func named(a *txtar.Archive, playbook string) *txtar.Archive {
	files := slices.Clone(a.Files)
	for i, f := range files {
		if f.Name == playbook {
			files[i].Name = "playbook.yml"
		}
	}
	return &txtar.Archive{Files: files}
}
