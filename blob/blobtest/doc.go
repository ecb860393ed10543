// Package blobtest holds every control.Blobs to its contract: what was put is
// read back at any offset, hashes are right, the limit holds, and a Put that
// fails leaves nothing.
package blobtest
