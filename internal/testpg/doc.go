// Package testpg gives tests a fresh PostgreSQL database on a real server.
//
// URL makes a database of its own for a test and drops it afterwards. The
// server is $SLUICE_TEST_POSTGRES where that is set: a postgres:// URL of a
// role that may create databases. Otherwise one server is started for each
// test process, from Debian's package postgresql, in a temporary folder and
// on a Unix socket only; it dies with the process, also when that is killed.
//
// A package whose tests use URL calls Main from its TestMain, which stops the
// server and removes the folder. Folders that a killed process left behind
// are removed by the next one that starts a server.
package testpg
