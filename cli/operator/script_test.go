package operator_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/cli/operator"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/apitest"
)

// newRoot is the program as far as these commands go.
func newRoot() *cobra.Command {
	root := &cobra.Command{Use: "sluice", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(operator.Commands()...)
	return root
}

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sluice": func() {
		err := newRoot().ExecuteContext(context.Background())
		if err != nil {
			fmt.Fprintln(os.Stderr, "sluice:", err)
		}
		os.Exit(operator.ExitCode(err))
	}})
}

// TestScripts runs the program against a server of its own for each script.
// What devices do is done by commands of the script.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			s := apitest.New(env.T().(testing.TB))
			env.Values["server"] = s
			env.Setenv("SERVER", s.URL)
			env.Setenv("NOBODY", s.Nobody())
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
			env.Setenv("HOME", env.WorkDir)
			return os.WriteFile(env.WorkDir+"/password.txt", []byte(s.Password+"\n"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"package": pack,
			"device":  device,
			"mode":    mode,
			"seals":   seals,
			"forges":  func(ts *testscript.TestScript, _ bool, _ []string) { world(ts).ForgeAudit() },
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

func world(ts *testscript.TestScript) *apitest.Server { return ts.Value("server").(*apitest.Server) }

// exits CODE ARG… runs sluice and checks its exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec("sluice", args[1:]...); err != nil {
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			ts.Fatalf("%v", err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code is %d, want %d", got, want)
	}
}

// package FILE NAME VERSION MODEL [tampered] writes a signed package.
func pack(ts *testscript.TestScript, _ bool, args []string) {
	content := world(ts).Package(args[1], args[2], args[3])
	if len(args) > 4 {
		content[len(content)-1200] ^= 1
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o644))
}

// device KEY VERB… is what a device does.
func device(ts *testscript.TestScript, _ bool, args []string) {
	s, key, verb := world(ts), args[0], args[1]
	switch verb {
	case "enrols":
		s.Device(key, args[2])
		return
	case "asks":
		s.PendingDevice(key, args[2])
		return
	}
	d, err := s.Control.DeviceByKey(context.Background(), s.Admin, key)
	ts.Check(err)
	switch verb {
	case "contacts":
		s.Contact(d)
		s.Offer(d)
	case "checks":
		s.Checks(d)
	case "reports":
		s.Report(d, fleet.Event(args[2]), "as the script says", []byte(`{"actions":1}`))
	case "logs":
		text, err := strconv.Unquote(`"` + args[2] + `"`)
		ts.Check(err)
		s.WriteLog(fleet.LogEntry{DeviceID: d.ID, At: s.Clock.Now(), Level: fleet.LogWarning, Text: text})
	default:
		ts.Fatalf("a device does not do %q", verb)
	}
}

// mode FILE MODE checks a file's permissions.
func mode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("mode of %s is %s, want %s", args[0], got, args[1])
	}
}

// seals seals the audit log, as the server does every few seconds.
func seals(ts *testscript.TestScript, _ bool, _ []string) {
	_, err := world(ts).Control.Seal(context.Background())
	ts.Check(err)
}
