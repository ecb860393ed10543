// Package migrations carries the schema of each database as numbered files.
//
// Both folders hold the same numbers and names. Migrations go forward only:
// a released file never changes, a mistake is mended by the next number.
// Package store/sqlstore applies them when it opens a database.
package migrations

import "embed"

// Files holds the folders sqlite and postgres.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
