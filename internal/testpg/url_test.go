package testpg_test

import (
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/sluicehq/sluice/internal/testpg"
)

func TestMain(m *testing.M) { testpg.Main(m) }

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 2 {
		db, err := sql.Open("pgx", testpg.URL(t))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("CREATE TABLE here (id bigint)"); err != nil {
			t.Error(err)
		}
		var fsync string
		if err := db.QueryRow("SHOW fsync").Scan(&fsync); err != nil || fsync != "on" {
			t.Errorf("fsync is %q, %v", fsync, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
