package main_test

import (
	"os"
	"testing"
)

var temporary string

func tempDir() (string, error) {
	var err error
	temporary, err = os.MkdirTemp("", "sluice-test-")
	return temporary, err
}

func TestMain(m *testing.M) {
	code := m.Run()
	if temporary != "" {
		_ = os.RemoveAll(temporary)
	}
	os.Exit(code)
}
