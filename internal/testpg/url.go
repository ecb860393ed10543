package testpg

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
)

// Env names a server to use instead of starting one.
const Env = "SLUICE_TEST_POSTGRES"

var shared struct {
	sync.Mutex
	server *server
	err    error
}

// Main runs the tests of a package, stops the server that they started, and
// does what else is to be done after them.
func Main(m *testing.M, after ...func()) {
	code := m.Run()
	for _, do := range after {
		do()
	}
	shared.Lock()
	if shared.server != nil {
		if err := shared.server.stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	shared.Unlock()
	os.Exit(code)
}

// URL makes a database and returns its URL; the end of the test drops it.
// Without a server the test is skipped, or fails where CI is set.
func URL(t testing.TB) string {
	t.Helper()
	admin, err := adminURL()
	if errors.Is(err, errNoServer) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := "sluice_test_" + strings.ToLower(rand.Text())
	if err := execute(admin, "CREATE DATABASE "+name); err != nil {
		t.Fatalf("cannot make a test database: %v", err)
	}
	t.Cleanup(func() {
		if err := execute(admin, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("cannot drop the test database: %v", err)
		}
	})
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// adminURL is the URL of the server's own database.
func adminURL() (string, error) {
	if u := os.Getenv(Env); u != "" {
		return u, nil
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = start()
	}
	if shared.err != nil {
		return "", shared.err
	}
	return shared.server.url(), nil
}

func execute(admin, statement string) (err error) {
	db, err := sql.Open("pgx", admin)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(context.Background(), statement)
	return err
}
