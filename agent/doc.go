// Package agent is the runtime on a device: it connects to the server, says
// what the device is and how it is, takes updates, fetches them, hands them to
// the package installer and reports what came of them.
//
// The runtime installs nothing. The installer is a process of its own (package
// install) that outlives the runtime; the two talk through a job folder alone
// (package install/job). A message is on disk before the server hears that it
// was taken, and what became of it is on disk before the server is told; a
// kill, a reboot or a server that is away at any point leads to the same single
// report with the same id, sent until it is answered.
//
// A folder holds everything (Layout): the configuration, a folder for each job
// with task.json, the state of the installer, and the logs.
//
// The wall clock stamps what is written and decides nothing: waits and limits
// run on the monotonic clock, the order of jobs is a number.
//
// The package imports neither fleet nor control: what server and device have
// in common is the wire (device/tr50/wire), the package format (sup) and the
// rule of compatibility (compat).
//
// The main type is Runtime.
package agent
