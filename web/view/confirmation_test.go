package view

import (
	"strings"
	"testing"
)

func TestEveryTaskOfAPlaybookIsShownWithItsStatus(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	err := actionRow(ActionReport{Index: 1, Type: "playbook.apply", Status: "failed", TasksLeftOut: 3, Tasks: []TaskReport{
		{Task: "write <the> file", Status: "changed"}, {Task: "restart", Role: "lora", Status: "failed", Output: "no such service"},
	}}, false).Render(t.Context(), &page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"5 tasks", "write &lt;the&gt; file", "Changed", "lora: restart", "no such service"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("no %q in %s", want, page.String())
		}
	}
}

func TestACheckSaysWhatWouldChangeLineByLine(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	err := actionRow(ActionReport{Index: 1, Type: "playbook.apply", Status: "ok", Tasks: []TaskReport{
		{Task: "write the file", Status: "changed", Change: "would be modified (Content)", Diff: "--- /etc/a\n+++ /etc/a\n@@ -1 +1 @@\n-<old>\n+<new>\n"}}}, true).Render(t.Context(), &page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Would change", "Would be modified (Content)", `<span class="hue-fail">-&lt;old&gt;</span>`, `<span class="hue-ok">+&lt;new&gt;</span>`,
		`<span class="hue-off">--- /etc/a</span><span class="hue-off">+++ /etc/a</span>`,
		`tabindex="0" role="region" aria-label="Difference of write the file"`, `id="diff-1-1" open`} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("no %q in %s", want, page.String())
		}
	}
}
