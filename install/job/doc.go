// Package job is the contract between the agent and the package installer:
// the files of a job folder and nothing else.
//
// The agent makes one folder for each package that it hands over. It holds
// job.json (what to install and how this device wants it done), the lock, the
// installer's journal and backups, and confirmation.json (what came of each
// action). Agent and installer never talk to each other in any other way, so
// each of them may be killed, restarted or replaced while the other goes on.
//
// Every file is replaced as a whole: temporary file, fsync, rename, fsync of
// the folder. A reader sees the old content or the new, never a part of it.
//
// The package runs no actions and knows nothing of the journal; that is
// package install. It opens no network and starts no process.
//
// The main types are Job, Confirmation, Lock and Counters.
package job
