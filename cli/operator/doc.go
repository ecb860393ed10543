// Package operator holds the commands with which an operator works on a
// server: signing in, units, users and their roles, devices and groups, files
// and releases, Magic Links, updates, executions and the audit log.
//
// The commands speak REST through package client and know nothing else of the
// server. Devices are named by their key, users by their name, groups by
// either, everything else by its id. Commands
// is the entry; ExitCode turns its error into the exit code of the program by
// the one table in exit.go. What comes from a server or a device is printed
// without control characters.
package operator
