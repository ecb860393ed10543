package main_test

import (
	"os"
	"testing"

	"github.com/sluicehq/sluice/internal/testpg"
)

var temporary string

func tempDir() (string, error) {
	var err error
	temporary, err = os.MkdirTemp("", "sluice-test-")
	return temporary, err
}

func TestMain(m *testing.M) {
	testpg.Main(m, func() { _ = os.RemoveAll(temporary) }) // "" removes nothing
}
