// Package sheet reads and writes CSV (RFC 4180) that people open in a
// spreadsheet.
//
// A cell that a spreadsheet would take for a formula is written with an
// apostrophe before it, and read without it, so that a device that names
// itself "=HYPERLINK(…)" harms nobody who opens an export. Reader looks
// columns up by their heads, in any order, and is bounded in rows and in the
// bytes of a row. It knows nothing of devices.
package sheet
