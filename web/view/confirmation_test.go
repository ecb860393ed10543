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
	}}).Render(t.Context(), &page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"5 tasks", "write &lt;the&gt; file", "Changed", "lora: restart", "no such service"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("no %q in %s", want, page.String())
		}
	}
}
