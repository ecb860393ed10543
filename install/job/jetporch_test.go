package job_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sluicehq/sluice/install/job"
)

func TestJetPorchIsFoundBelowTheRootOrAsConfigured(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write := func(name string, mode os.FileMode) string {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var c job.Configuration
	if argv, found := c.JetPorch(root); found {
		t.Errorf("found %q in an empty root", argv)
	}
	write("usr/bin/jetp", 0o644)
	if argv, found := c.JetPorch(root); found {
		t.Errorf("found %q, which cannot be executed", argv)
	}
	own := write("bin/jetp", 0o755)
	if argv, found := c.JetPorch(root); !found || !slices.Equal(argv, []string{own, "local", "-p", "{playbook}"}) {
		t.Errorf("got %q, %v", argv, found)
	}
	c.JetPorchCommand = []string{filepath.Join(root, "opt/jet"), "{playbook}"}
	if argv, found := c.JetPorch(root); found {
		t.Errorf("found %q, which is not there", argv)
	}
	write("opt/jet", 0o755)
	if argv, found := c.JetPorch(root); !found || !slices.Equal(argv, c.JetPorchCommand) {
		t.Errorf("got %q, %v", argv, found)
	}
}
