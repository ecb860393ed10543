// Package systemdtest runs server and agent as the units of packaging/systemd in
// a Debian with a real systemd, and installs packages that start, stop and
// replace services, the agent itself and the machine. It has tests only.
package systemdtest
