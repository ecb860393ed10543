package difftest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sluicehq/sluice/internal/testprogram"
	"github.com/sluicehq/sluice/jetporch/script"
)

// deviations are the playbooks that have to end otherwise than with jetp, with
// the reason.
var deviations = map[string]string{
	"copy_keeps_the_mode": "copy, mended: owner and mode of the old file stay",
	"empty_attributes":    "mended: 0.1.1 panics where it makes something with only some of owner, group and mode, or none",
	"empty_template":      "template, mended: may be empty",
	"mode_alone":          "mended: 0.1.1 panics where it makes something with only some of owner, group and mode, or none",
	"item_afterwards":     "mended: item merges from one item into the next and stays defined",
	"item_condition":      "a condition is tested once before there is an item, by 0.1.1 for each item",
	"name_of_the_shell":   "mended: $0 in a command is 2>&1",
	"numeric_owner":       "mended: an owner or group that is a number is a change each time",
	"reserved_word":       "mended: the text of a command gets LANG=C in front, which breaks compound commands",
	"role_defaults":       "mended: defaults and vars of a role leak into the next",
	"set_again":           "set replaces a list or map of an earlier one, 0.1.1 joins them",
	"skipped_task":        "mended: 0.1.1 evaluates a task whose condition is false",
	"unknown_owner":       "mended: an owner that is not there leaves the new file behind",
}

// released are deviations of the published release only.
var released = map[string]bool{"empty_attributes": true, "item_condition": true, "mode_alone": true, "set_again": true, "skipped_task": true}

// realJetp is the program to compare with, and its version.
func realJetp(t *testing.T) (path string, profile script.Profile) {
	t.Helper()
	path = os.Getenv("JETP")
	if path == "" {
		found, err := exec.LookPath("jetp")
		if err != nil {
			t.Skip("there is no jetp to compare with: put one into the PATH or name it in $JETP")
		}
		path = found
	}
	if jetp(path)(t, unpack(t, txtar.Parse([]byte("-- playbook.yml --\n- name: of the development version\n  groups: [all]\n"+
		"  tasks:\n    - !stat\n      path: /\n      save: root\n")))) {
		return path, script.Head
	}
	return path, script.Released
}

func TestAJetpEndsAsTheBuiltInRunnerDoes(t *testing.T) {
	t.Parallel()
	path, profile := realJetp(t)
	head := profile == script.Head
	for name, a := range archives(t, "testdata") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !head && strings.Contains(string(a.Comment), "development version only") {
				t.Skip("this jetp is the published release")
			}
			differences := compare(t, a, jetp(path))
			why, deviates := deviations[name]
			deviates = deviates && !(head && released[name])
			switch {
			case deviates && len(differences) == 0:
				t.Errorf("this does not differ any more; take it off the deviations, and its row off docs/jetporch.md: %s", why)
			case deviates:
				t.Logf("meant to differ (%s):\n%s", why, strings.Join(differences, "\n"))
			case len(differences) > 0:
				t.Errorf("differs:\n%s", strings.Join(differences, "\n"))
			}
		})
	}
}

func TestEveryDeviationHasItsPlaybook(t *testing.T) {
	t.Parallel()
	all := archives(t, "testdata")
	for name := range deviations {
		if all[name] == nil {
			t.Errorf("there is no playbook %s", name)
		}
	}
}

// A jetp that is our own runner behind the other command line differs in
// nothing; the same with a defect is found out.
func TestTheComparisonNoticesWhatDiffers(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "sluice")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/sluicehq/sluice/cmd/sluice")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	const some = `"$(find "$TREE" -type f | sort | head -n 1)"`
	for defect, after := range map[string]string{
		"":                      `exit $code`,
		"another end":           `test $code != 0`,
		"another content":       `echo more >> ` + some + `; exit $code`,
		"another mode":          `chmod 0711 ` + some + `; exit $code`,
		"a file less":           `rm ` + some + `; exit $code`,
		"a file more":           `touch "$TREE/more"; exit $code`,
		"a link for a file":     `f=` + some + `; mv "$f" "$f.moved" && ln -s "$f.moved" "$f"; exit $code`,
		"the tree is not there": `rm -r "$TREE"; mkdir "$TREE"; exit $code`,
	} {
		path := filepath.Join(t.TempDir(), "jetp")
		script := fmt.Sprintf("#!/bin/sh\ntest \"$1 $2 $4\" = 'local -p -e' || exit 9\n%s jetporch run \"$3\" -e \"$5\"\ncode=$?\n%s\n", program, after)
		testprogram.Write(t, path, script)
		t.Run(or(defect, "none"), func(t *testing.T) {
			t.Parallel()
			all := archives(t, "testdata")
			if defect != "" { // with one that succeeds and one that fails
				all = map[string]*txtar.Archive{"copy": all["copy"], "screened": all["screened"]}
			}
			for name, a := range all {
				if d := compare(t, a, jetp(path)); (len(d) > 0) != (defect != "") {
					t.Errorf("%s: differences %q", name, d)
				}
			}
		})
	}
}

func archives(t *testing.T, dir string) map[string]*txtar.Archive {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no archives", err)
	}
	all := map[string]*txtar.Archive{}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(path), ".txtar")] = a
	}
	return all
}
