// Package transfer fetches a file whose size and checksums are known, over
// HTTP, through whatever the network and the server do meanwhile.
//
// Fetch goes on where a break left it: a Range request with the ETag of what
// is there already, a start from the beginning where the server does not
// resume, a new address when the old one is gone. It ends when the content is
// complete and its checksums hold, when something is wrong that no repetition
// mends (an Error), or with its context. Where the bytes go is a Sink: a file
// that outlives the process, or a hash.
//
// Nothing that the server says is believed: a longer body is cut, a wrong
// Content-Range throws the part away, a body slower than MinRate is given up
// and asked for again. The package verifies no signature; whoever fetched a
// package has to do that before anything else.
//
// Send is the other direction, for small files such as diagnostics.
//
// The main type is Fetch.
package transfer
