package bench

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
	_ "modernc.org/sqlite"             // the driver sqlite
)

// contacts measures telemetry over MQTT: a contact counts when its reply and
// its PUBACK were read, which come after the commit.
func (t *table) contacts(b *testing.B, db database) {
	w := serve(b, db.url(b))
	got := load(b, w.crowd(connections))
	t.add(b, row{what: "contacts with " + db.title, got: got.perSecond, unit: "per second", aim: 15_000, cost: got.cost,
		peers: []peer{
			{"bare MQTT round trips, no store", t.bare},
			{"one transaction each, plain database/sql", plainCommits(b, db.url(b))},
		}})
}

// plainCommits is how many rows a second one connection inserts into a table
// of the same database software, each in a transaction of its own.
func plainCommits(b *testing.B, url string) float64 {
	b.Helper()
	driver, name := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, name = "sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	ctx := context.Background()
	if _, err := db.ExecContext(ctx, `CREATE TABLE plain (device bigint, key text, number double precision, at bigint)`); err != nil {
		b.Fatal(err)
	}
	n, start := 0, time.Now()
	for ; time.Since(start) < window/4; n++ {
		tx, err := db.BeginTx(ctx, nil)
		if err == nil {
			_, err = tx.ExecContext(ctx, `INSERT INTO plain VALUES ($1, $2, $3, $4)`, n, "temperature", 20.0, start.UnixMicro())
		}
		if err == nil {
			err = tx.Commit()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(start).Seconds()
}
