package workbench_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/cli/workbench"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sluice": func() {
		root := &cobra.Command{Use: "sluice", SilenceErrors: true, SilenceUsage: true}
		root.AddCommand(workbench.Command())
		err := root.Execute()
		if err != nil {
			fmt.Fprintln(os.Stderr, "sluice:", err)
		}
		os.Exit(workbench.ExitCode(err))
	}})
}

// The scripts run the real command in an empty folder; $EXAMPLES is the
// folder of the same name in the repository.
func TestWorkbenchScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", examples)
			return nil
		},
	})
}
