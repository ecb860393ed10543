// Command sluice-agent is the agent of a device: see package cli/agent.
package main

import (
	"os"

	"github.com/sluicehq/sluice/cli/agent"
)

func main() { os.Exit(agent.Main()) }
