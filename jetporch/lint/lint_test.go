package lint_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/jetporch/lint"
	"github.com/sluicehq/sluice/jetporch/script"
)

var update = flag.Bool("update", false, "write the findings of testdata/*.txtar anew")

// Each archive is named after a code. bad.yml has the findings that "want"
// lists, good.yml has none; other files lie beside both. Its first line may
// say "profile: 0.1.1" and "alone", which is a playbook without files.
func TestEveryFindingAppearsWhereItShouldAndNowhereElse(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, path := range archives(t) {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		code, _, _ := strings.Cut(name, "+")
		seen[code] = true
		t.Run(name, func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{}
			for _, f := range a.Files {
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			bad := check(t, string(a.Comment), files, "bad.yml")
			if !slices.ContainsFunc(bad, func(f script.Finding) bool { return string(f.Code) == code }) {
				t.Errorf("bad.yml has no finding %s: %v", code, bad)
			}
			for _, f := range check(t, string(a.Comment), files, "good.yml") {
				t.Errorf("good.yml has a finding: %v", f)
			}
			got := ""
			for _, f := range bad {
				got += f.String() + "\n"
			}
			if *update {
				write(t, path, a, got)
			} else if want := string(files["want"].Data); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
	for _, c := range script.Classes {
		if !seen[string(c.Code)] {
			t.Errorf("%s has no archive in testdata", c.Code)
		}
	}
}

func archives(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no archives", err)
	}
	return paths
}

func check(t *testing.T, options string, files fstest.MapFS, name string) []script.Finding {
	t.Helper()
	profile := script.Head
	if strings.Contains(options, "profile: 0.1.1") {
		profile = script.Released
	}
	f := files[name]
	if f == nil {
		t.Fatalf("there is no %s", name)
	}
	var beside script.Files = files
	if strings.Contains(options, "alone") {
		beside = nil
	}
	return lint.Bundle(script.Load(name, f.Data, beside, profile), lint.Options{})
}

func write(t *testing.T, path string, a *txtar.Archive, got string) {
	t.Helper()
	a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
	a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(got)})
	if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLintOfHostileTextsEndsWithinASecond(t *testing.T) {
	t.Parallel()
	fill := func(head, body string) string { return head + strings.Repeat(body, (size-len(head))/len(body)) }
	play := "- name: a\n  groups: [all]\n  tasks:\n"
	shell := play + "  - !shell\n    cmd: |\n      "
	var bomb strings.Builder
	bomb.WriteString("- name: a\n  groups: [all]\n  vars:\n    a0: &a0 [x]\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&bomb, "    a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1, i-1)
	}
	for name, text := range map[string]string{
		"brackets":   fill("", "["),
		"dashes":     fill("", "- "),
		"maps":       fill("", "{a: "),
		"keys":       fill("", "? "),
		"plays":      fill("", "- {}\n"),
		"tasks":      fill(play, "  - !echo { msg: x }\n"),
		"comments":   fill(shell, "{{!--a--}}"),
		"open tags":  fill(shell, "{{a "),
		"tags":       fill(shell, "{{a}}"),
		"blocks":     fill(shell, "{{#if a}}"),
		"subshells":  fill(shell, "$("),
		"quotes":     fill(shell, "\"$(`'"),
		"commands":   fill(shell, "a;"),
		"list args":  fill(shell+"{{eq ", "[1,"),
		"path args":  fill(shell+"{{eq ", "a "),
		"anchors":    fill("", "- &a *a\n"),
		"bomb":       bomb.String(),
		"wide bomb":  fill("- &a [1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8,9]\n- name: x\n  groups: [all]\n  vars: {", "a: *a,"),
		"aliased":    fill("- name: x\n  groups: [all]\n  tasks: &t\n  - !facts\n  - !facts\n  - !facts\n", "- {tasks: *t}\n"),
		"percent":    fill("", "%"),
		"null bytes": fill("", "\x00"),
		"tabs":       fill("", "\t"),
		"long key":   fill("- name: x\n  ", "a") + ": b",
		"comment":    fill("", "#a\n"),
		"braces":     fill(shell, "{"),
		"raw blocks": fill(shell, "{{{{raw}}}}"),
		"raw closed": fill(shell, "{{{{raw}}}}{{{{/raw}}}}"),
		"escapes":    fill(shell, "\\{{"),
		"else":       fill(shell+"{{#if a}}", "{{else}}"),
		"one line":   fill(shell, "a"),
		"lines":      fill(shell, "a\n      "),
		"folded":     fill(play+"  - !shell\n    cmd: >\n      ", "{{a}}\n      "),
		"quoted":     fill(play+"  - !shell\n    cmd: \"", "\\u0061{{a}} "),
		"pipes":      fill(shell, "a|"),
		"here":       fill(shell, "<<a "),
		"condition":  fill(play+"  - !echo\n    msg: x\n    with:\n      condition: '", "(not "),
		"or":         fill(play+"  - !echo\n    msg: x\n    with:\n      condition: '(or ", "(eq a b) "),
		"names":      fill(play+"  - !echo\n    msg: '", "{{a.b/c}}"),
		"lists":      fill(play+"  - !external\n    use: /m\n    params: ", "{a: ["),
		"params":     fill(play+"  - !external\n    use: /m\n    params: {a: [", "'{{',"),
		"events":     fill(play, "  - !echo\n    msg: x\n    and: { notify: x }\n"),
		"documents":  fill("", "---\n"),
		"directives": fill("", "%YAML 1.2\n"),
		"tag names":  fill(play, "  - !a {}\n"),
		"merges":     fill("- &a {}\n", "- <<: *a\n"),
		"escaped":    fill("- \"", "\\x41"),
		"wide chars": fill(shell, "\u00e9{{\U0001f600}}"),
	} {
		text = text[:min(size, len(text))]
		start := cpu(t)
		lint.Text("a.yml", []byte(text), script.Head, lint.Options{})
		if took := cpu(t) - start; took > limit {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func TestLintOfABundleWithHostileFilesEndsWithinASecondForEach(t *testing.T) {
	t.Parallel()
	fill := func(head, body string) []byte { return []byte(head + strings.Repeat(body, (size-len(head))/len(body))) }
	const book = "- name: a\n  groups: [all]\n  roles: [{role: r}]\n  vars_files: [v]\n  tasks:\n  - !template {src: t, dest: /t}\n"
	for name, c := range map[string]struct {
		book, role, tasks, vars, body []byte
		files                         int // that are large
	}{
		"open tags":   {body: fill("", "{{"), files: 1},
		"blocks":      {body: fill("", "{{#if a}}"), files: 1},
		"names":       {body: fill("", "{{a}}\n"), files: 1},
		"wide names":  {body: fill("", "\u00e9{{a}}"), files: 1},
		"variables":   {vars: fill("", "? a\n"), files: 1},
		"nested":      {vars: fill("a: ", "["), files: 1},
		"role":        {role: fill("name: r\ntasks:\n", "- main.yml\n"), files: 1},
		"role tasks":  {tasks: fill("", "- !echo {msg: '{{a}}'}\n"), files: 1},
		"role events": {book: fill("", "- {name: a, groups: [all], roles: [{role: r}]}\n"), tasks: fill("", "- !facts {and: {notify: a}}\n"), files: 2},
		"all":         {body: fill("", "{{a}}"), vars: fill("", "a: a\n"), tasks: fill("", "- !facts\n"), files: 3},
	} {
		or := func(text []byte, otherwise string) *fstest.MapFile {
			if text == nil {
				text = []byte(otherwise)
			}
			return &fstest.MapFile{Data: text}
		}
		files := fstest.MapFS{"templates/t": or(c.body, "x"), "v": or(c.vars, "a: 1"), "roles/r/role.yml": or(c.role, "name: r\ntasks: [main.yml]"),
			"roles/r/tasks/main.yml": or(c.tasks, "- !facts")}
		start := cpu(t)
		lint.Bundle(script.Load("a.yml", or(c.book, book).Data, files, script.Head), lint.Options{})
		if took := cpu(t) - start; took > limit*time.Duration(c.files) {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func FuzzLint(f *testing.F) {
	for _, path := range archives(f) {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			f.Add(string(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, source string) {
		start := cpu(t)
		for _, files := range []script.Files{nil, fstest.MapFS{"roles/r/role.yml": {Data: []byte(source)}, "templates/t": {Data: []byte(source)}}} {
			for _, p := range []script.Profile{script.Released, script.Head} {
				lines := strings.Count(source, "\n") + 2
				for _, found := range lint.Bundle(script.Load("a.yml", []byte(source), files, p), lint.Options{}) {
					if found.Pos.Line < 1 || found.Pos.Line > lines || found.Pos.Col < 1 || found.Sentence == "" || found.Severity == "" {
						t.Fatalf("%q: %#v", source, found)
					}
				}
			}
		}
		if took := cpu(t) - start; took > 4*limit {
			t.Fatalf("took %v", took)
		}
	})
}

// cpu is the time that this thread has computed. Unlike the time on the wall
// it does not depend on what else the machine does.
func cpu(t testing.TB) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}

func BenchmarkLintOfAThousandTasks(b *testing.B) {
	var text strings.Builder
	text.WriteString("- name: a thousand\n  groups: [all]\n  vars: { dir: /opt/app }\n  tasks:\n")
	for i := range 250 {
		fmt.Fprintf(&text, "  - !directory\n    path: \"{{ dir }}/%d\"\n    attributes: { owner: root, mode: 0o755 }\n", i)
		fmt.Fprintf(&text, "  - !file\n    path: /opt/app/%d/f\n    with: { condition: (eq dir \"/opt/app\") }\n", i)
		fmt.Fprintf(&text, "  - !shell\n    cmd: |\n      test -e /opt/app/%d && echo yes\n      ls -l /opt\n    save: out%d\n", i, i)
		fmt.Fprintf(&text, "  - !sd_service\n    service: app%d\n    enabled: true\n    and: { retry: 2 }\n", i)
	}
	source := []byte(text.String())
	b.ReportAllocs()
	for b.Loop() {
		if found := lint.Text("a.yml", source, script.Head, lint.Options{}); len(found) != 0 {
			b.Fatal(found[0])
		}
	}
}
