// Package fact reads what a Linux device can say of itself: the operating
// system, the installed packages, and the telemetry of the moment.
//
// Everything comes from files (/proc, /sys, /etc, the lists of dpkg and opkg)
// below a root that tests and sandboxes choose; no program is run. A fact that
// a device does not have is left out, never guessed. A root without a /proc
// of its own, a sandbox folder, takes /proc and /sys of the machine.
//
// The main type is Reader.
package fact
