// Package diskblob keeps blobs in a folder of the local disk.
//
// The content with the SHA-256 abcd… is the file ab/cd… below the folder. Put
// writes to a file in tmp/, hashes in the same pass, syncs the file, renames it
// to its name and syncs the folder: a name that exists always has its whole
// content behind it. A file in tmp/ is a Put that has not ended, or that a
// crash ended; New removes the latter.
//
// One process uses a folder at a time. Package blob/blobtest holds the Store
// to the contract of control.Blobs.
package diskblob
