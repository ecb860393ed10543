package sqlstore_test

import (
	"path/filepath"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/internal/testpg"
	"github.com/sluicehq/sluice/store/sqlstore"
	"github.com/sluicehq/sluice/store/storetest"
)

// open opens a store that the test's end closes.
func open(t testing.TB, url string) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), url, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestAStoreInAFileKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) control.Store { return open(t, "sqlite:"+filepath.Join(t.TempDir(), "a b?c%20#.db")) })
}

func TestAStoreInMemoryKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) control.Store { return open(t, "sqlite::memory:") })
}

func TestAStoreOnPostgreSQLKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) control.Store { return open(t, testpg.URL(t)) })
}
