// Package install is the package installer: a process of its own that runs the
// actions of one signed package in sequence and survives being killed at any
// point.
//
// Run works on a job folder (package install/job). It verifies and unpacks the
// package into a staging folder, checks compatibility and release counter, and
// then notes every step in a journal before and after it is taken, both
// fsynced. What an action is about to change on the device is backed up before
// it is changed. Started again after a kill or a reboot, Run reads the journal
// and goes on: an action that was under way is done again, because every
// action can be repeated; a rollback that was under way is continued.
//
// table.go holds every legal move and what a restart does in each state;
// nothing else decides that. registry.go names the actions, one file a family.
//
// Nothing is decided by the wall clock: it only stamps reports. Timeouts and
// durations come from the monotonic clock, reboots from the boot id.
//
// A playbook is applied by the device's jetp, or by package jetporch/run in
// this process.
//
// The package opens no network and imports no package that does. A command
// that it runs may; that is between the package's signer and the device.
//
// The main function is Run.
package install
