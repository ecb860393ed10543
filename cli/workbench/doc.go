// Package workbench holds the commands with which somebody makes and judges
// software update packages: sluice sup init, build, sign, inspect, verify,
// key and actions.
//
// The commands are thin: everything they know about packages is in package
// sup. They work on files only and need no server. Command is the entry;
// ExitCode turns its error into the exit code of the program.
package workbench
