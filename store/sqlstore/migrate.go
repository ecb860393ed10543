package sqlstore

import (
	"context"
	"database/sql"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/store/migrations"
)

// migrate brings the schema up to date. The caller sees to it that no other
// process does so at the same time.
func migrate(ctx context.Context, d *dialect, db *sql.DB) error {
	files, err := fs.Sub(migrations.Files, d.name)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.Dialect(gooseDialect[d.name]), db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return d.wrap(err, "read the migrations")
	}
	has, knows, err := p.GetVersions(ctx)
	if err != nil {
		return d.wrap(err, "read the version of the database's schema")
	}
	if has > knows {
		return fleet.Errorf(fleet.Conflict,
			"the database has schema %d, this program knows %d: start the newer program", has, knows)
	}
	_, err = p.Up(ctx)
	return d.wrap(err, "bring the schema of the database up to date")
}

var gooseDialect = map[string]goose.Dialect{"sqlite": goose.DialectSQLite3, "postgres": goose.DialectPostgres}
