// Package run runs a playbook on the machine it is on, as jetp's local mode
// does (jetporch.md 1.6 to 1.11), without jetp.
//
// Run takes a loaded script.Bundle and gives an Event for every task. In check
// mode plans are made and not applied. Everything is read before the first
// task; a bundle that jetp's parser would refuse is not begun. The first task
// that fails ends the run, and handlers do not run then.
//
// What differs from jetp on purpose has a row in docs/jetporch.md. Print is
// the one printer of events.
package run
