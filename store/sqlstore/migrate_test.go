package sqlstore_test

import (
	"database/sql"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/testpg"
	"github.com/sluicehq/sluice/store/migrations"
	"github.com/sluicehq/sluice/store/sqlstore"
)

// raw opens a database beside the store.
func raw(t *testing.T, driver, source string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestBothDatabasesHaveTheSameMigrationsAndNoWayBack(t *testing.T) {
	t.Parallel()
	var names [2][]string
	for i, dir := range []string{"sqlite", "postgres"} {
		entries, err := fs.ReadDir(migrations.Files, dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names[i] = append(names[i], e.Name())
			text, err := fs.ReadFile(migrations.Files, dir+"/"+e.Name())
			if err != nil || strings.Contains(string(text), "+goose Down") {
				t.Errorf("%s/%s goes down, %v", dir, e.Name(), err)
			}
		}
	}
	if len(names[0]) == 0 || !slices.Equal(names[0], names[1]) {
		t.Errorf("got %v", names)
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	pg := testpg.URL(t)
	for _, c := range []struct{ url, driver, source string }{{"sqlite:" + path, "sqlite", path}, {pg, "pgx", pg}} {
		s, err := sqlstore.Open(t.Context(), c.url, sqlstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		insert := `INSERT INTO goose_db_version (version_id, is_applied) VALUES (7, ` + map[string]string{"sqlite": "1", "pgx": "true"}[c.driver] + `)`
		if _, err := raw(t, c.driver, c.source).Exec(insert); err != nil {
			t.Fatal(err)
		}
		_, err = sqlstore.Open(t.Context(), c.url, sqlstore.Options{})
		want := "the database has schema 7, this program knows 6: start the newer program"
		if fleet.CodeOf(err) != fleet.Conflict || fleet.Sentence(err) != want {
			t.Errorf("%s: got %v", c.driver, err)
		}
	}
}

func TestManyServersMayStartOnOneNewDatabase(t *testing.T) {
	t.Parallel()
	url := testpg.URL(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { open(t, url) })
	}
	wg.Wait()
}

func TestADatabaseThatCannotBeOpenedIsNamedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"mysql://me:secret@host/x", "sqlite:", "", "postgres://me:secret@127.0.0.1:1/x?connect_timeout=1",
		"sqlite:" + filepath.Join(t.TempDir(), "missing", "a.db"),
	} {
		_, err := sqlstore.Open(t.Context(), url, sqlstore.Options{})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %v", url, err)
		}
	}
}
