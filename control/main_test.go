package control_test

import (
	"testing"

	"github.com/sluicehq/sluice/internal/testpg"
)

func TestMain(m *testing.M) { testpg.Main(m) }
