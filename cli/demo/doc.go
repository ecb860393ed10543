// Package demo is the command "sluice demo": a whole fleet on this machine.
//
// It opens a real server on a temporary folder, starts real agents as
// processes of their own, each with a sandbox folder as its root, and
// simulated devices over the real wire; makes an organisation around them,
// with a user of each role; builds and signs three packages; gives one update
// that succeeds, one that fails half way and rolls back, and a check of a
// playbook; and follows every device to its end. Nothing is staged: what it
// prints is what the server's own use cases say.
package demo
