// Package difftest runs the same playbooks with a real jetp and with the
// built-in runner, and compares what they leave behind. It has tests only.
//
// jetp is the program of $JETP, or that of the PATH; without one the
// comparison is skipped. Where the runner is meant to differ, the row of
// docs/jetporch.md stands beside the name of the playbook.
package difftest
