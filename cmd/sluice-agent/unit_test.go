package main_test

import (
	"os"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/agent"
)

// TestTheUnitOfTheAgentLetsTheInstallerLive holds the unit file to what the
// agent counts on.
func TestTheUnitOfTheAgentLetsTheInstallerLive(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../packaging/systemd/sluice-agent.service")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"KillMode=process", "Restart=always", "ExecStart=/usr/bin/sluice-agent run",
		"ConditionPathExists=" + agent.DefaultData + "/agent.json"} {
		if !strings.Contains(string(text), "\n"+line+"\n") {
			t.Errorf("the unit has no line %s", line)
		}
	}
}
