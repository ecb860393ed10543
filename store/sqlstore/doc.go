// Package sqlstore is the Store of package control on SQLite and PostgreSQL:
// one implementation, written in the SQL that both understand, and a small
// dialect for the rest.
//
// Open gives a Store. On SQLite one goroutine, the committer, owns the only
// writing connection and runs waiting writes together in one transaction,
// each under a savepoint; readers have connections of their own. On
// PostgreSQL every write is a transaction of its own.
//
// Statements use $1, $2 … in the order of their appearance. Lists of rows go
// to the database as one rowset. Times are microseconds, see time.go; errors
// of the drivers become errors of package fleet in error.go and nowhere else.
//
// The package decides nothing about what may happen to an execution: it
// compares and sets. Rules are in packages fleet and control. One noun has one
// file, as in package fleet. Package store/storetest holds it to the contract.
package sqlstore
