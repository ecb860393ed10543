// Package module is what each module of a playbook does on Linux, a file per
// module.
//
// A module is a Func. It looks at the machine and answers a Plan: what is
// needed and, in Apply, how to do it. Check mode is a Plan that is not
// applied, except that passive modules (Need Passive) change nothing and are
// always applied. After Apply the same Func must answer Matched, for all
// modules but shell and external; a second run that changes nothing is part
// of the contract.
//
// With Host.Root a folder stands for the machine. Every path of the device
// passes Host.path or Host.follow once, inside Host.Files; programs start in
// Host.Run only.
//
// Files are changed by system calls of our own and programs are started with
// a list of arguments, so that no value of a parameter is ever read by a
// shell; only shell.cmd is one. Where behaviour differs from jetp, the row in
// docs/jetporch.md says why. homebrew has no meaning on Linux and is missing.
package module
