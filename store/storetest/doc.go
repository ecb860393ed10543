// Package storetest holds every control.Store to its contract.
//
// Run is one suite for all of them: a file for each noun, and write.go for
// what a transaction promises. A test of it knows nothing of SQL; what only
// one database can get wrong is tested beside the implementation.
package storetest
