// Package static holds what the console serves as it is: style sheets, script
// and icon, embedded in the program.
//
// The files of css/ and of js/ are joined in the order of their names into
// one style sheet and one script. Every asset has the hash of its content in
// its URL and is cached for a year; a changed asset has another URL. The entry
// points are URL and Handler.
package static
