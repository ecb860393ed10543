package server

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write docs/config.md anew")

const configDoc = "../../docs/config.md"

func TestFlagsGoBeforeTheEnvironmentAndThatBeforeTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sluice.yaml")
	text := "listen: 127.0.0.1:1\nmqtt: 127.0.0.1:2\ndata: from-file\ntrust-key: [a, b]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SLUICE_MQTT", "127.0.0.1:3")
	t.Setenv("SLUICE_DATA", "from-env")
	t.Setenv("SLUICE_SERVER", "http://elsewhere")
	flags := parse(t, "--config", path, "--data", "from-flag")
	got, err := readConfig(flags)
	if err != nil {
		t.Fatal(err)
	}
	if got.Listen != "127.0.0.1:1" || got.MQTT != "127.0.0.1:3" || got.Data != "from-flag" || strings.Join(got.TrustKeys, " ") != "a b" {
		t.Errorf("got %+v", got)
	}
}

func TestAWrongSettingInTheFileIsNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sluice.yaml")
	if err := os.WriteFile(path, []byte("lisen: 127.0.0.1:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := readConfig(parse(t, "--config", path))
	if err == nil || !strings.Contains(err.Error(), `"lisen"`) {
		t.Errorf("got %v", err)
	}
}

func TestTheListOfSettingsIsNotStale(t *testing.T) {
	t.Parallel()
	want := renderSettings()
	if *update {
		if err := os.WriteFile(configDoc, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(configDoc)
	if err != nil || string(got) != want {
		t.Fatalf("docs/config.md is stale (%v): go test ./cli/server -update", err)
	}
}

func renderSettings() string {
	var b strings.Builder
	b.WriteString("# Settings of the server\n\nWritten from the flags by `go test ./cli/server -update`. " +
		"A flag goes before the environment, the environment before the file given with `--config`.\n\n" +
		"| flag, and key of the file | environment | default | meaning |\n|---|---|---|---|\n")
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	defineFlags(flags)
	flags.VisitAll(func(f *pflag.Flag) {
		name := envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		b.WriteString("| `--" + f.Name + "` | `" + name + "` | `" + f.DefValue + "` | " + f.Usage + " |\n")
	})
	return strings.ReplaceAll(b.String(), "| `` |", "| |")
}

func parse(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	flags := pflag.NewFlagSet("server", pflag.ContinueOnError)
	defineFlags(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags
}
