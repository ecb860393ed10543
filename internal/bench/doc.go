// Package bench prints the numbers that the project promises, each beside its
// aim and beside a peer that is measured in the same run:
//
//	go test -run '^$' -bench . ./internal/bench
//
// It holds benchmarks only and checks nothing: a number below its aim is
// printed as such. The server is that of package app in this process, the load
// comes over real sockets from the same process, so that both share the
// processors of the machine. PostgreSQL is a real server (package testpg).
//
// The runner of playbooks and ansible-playbook, its peer, are programs of their
// own, each measured from its start to its end.
//
// Wall-clock numbers say little while other work loads the machine. The load
// averages are printed for that, and beside each rate the processor time of
// one operation: that of this process, server and load together, and that of
// PostgreSQL. From both follows the rate that the processors would reach with
// nothing else to do and a disk that never waits.
//
// Benchmarks of single parts are with these: mqtt (connections over TLS and
// WebSocket too) and store/sqlstore.
package bench
