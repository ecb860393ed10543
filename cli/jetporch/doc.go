// Package jetporch is "sluice jetporch": lint checks playbooks as the server
// does before it sends one, run runs a playbook on this machine with the
// built-in runner. It needs no server and no network.
package jetporch
