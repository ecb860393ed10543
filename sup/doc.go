// Package sup reads, writes and judges software update packages (.sup).
//
// A package is a plain tar whose first member is a signed manifest (DSSE
// envelope, Ed25519) and whose other members are exactly those that the
// manifest lists, in its order, with its sizes and SHA-256 sums. SPEC.md is
// the full description; this package is its reference implementation.
//
// Verify judges a package without writing, Unpack writes the members of a
// package that is good, Build and Sign make packages, and Inspect shows what
// an untrusted package claims. Manifest is the main type; Library holds the
// actions that a manifest may contain.
//
// The package runs nothing: actions are carried out by package install. It
// opens no connection and imports nothing that does (docs/decisions/0002).
//
// Every byte of a package has one legal value: headers, padding, envelope and
// manifest are compared with the bytes that Build would have written, so a
// parser that reads the same package differently has nothing to work with.
package sup
