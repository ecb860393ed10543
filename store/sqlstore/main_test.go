package sqlstore_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/sluicehq/sluice/internal/testpg"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(writerURL); url != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(url))
		os.Exit(1)
	}
	testpg.Main(m)
}
