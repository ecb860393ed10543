package view

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestGeneratedFilesAreNotStale(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob("*.templ")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	for _, source := range sources {
		generate := exec.CommandContext(t.Context(), "go", "tool", "templ", "generate", "-f", "web/view/"+source, "-stdout")
		generate.Dir = "../.."
		want, err := generate.Output()
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		name := strings.TrimSuffix(source, ".templ") + "_templ.go"
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: go tool templ generate ./web/...", name)
		}
	}
}
