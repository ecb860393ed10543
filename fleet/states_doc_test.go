package fleet_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/fleet"
)

var update = flag.Bool("update", false, "write docs/states.md anew")

const statesDoc = "../docs/states.md"

func TestTheDiagramOfStatesIsNotStale(t *testing.T) {
	t.Parallel()
	want := renderStates()
	if *update {
		if err := os.WriteFile(statesDoc, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(statesDoc)
	if err != nil || string(got) != want {
		t.Fatalf("docs/states.md is stale (%v): go test ./fleet -update", err)
	}
}

func renderStates() string {
	var b strings.Builder
	b.WriteString("# States of an execution\n\nWritten from `fleet.ExecutionTable` by `go test ./fleet -update`. What is not here is refused.\n\n")
	b.WriteString("```mermaid\nstateDiagram-v2\n    [*] --> scheduled\n    [*] --> pending\n    [*] --> refused\n")
	for _, m := range fleet.ExecutionTable {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", m.From, m.To, m.On)
	}
	for _, s := range fleet.States() {
		if s.Final() {
			fmt.Fprintf(&b, "    %s --> [*]\n", s)
		}
	}
	b.WriteString("```\n\n| from | event | to | meaning |\n|---|---|---|---|\n")
	for _, m := range fleet.ExecutionTable {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", m.From, m.On, m.To, m.Note)
	}
	return b.String()
}
