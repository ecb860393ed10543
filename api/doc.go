// Package api is the northbound REST interface, version 1 (DESIGN 5).
//
// routes.go is the one table of what is offered: method, path, the right that
// the path needs, handler and summary. Routes are registered from it, the
// OpenAPI document is made of it, and the tests walk it. Behind a route stands
// one method of package control; nothing is decided here. The guard lets in
// whoever holds the right in some unit; the use case asks again for the unit
// of the thing itself.
//
// Each resource has a file with its wire types and handlers. Times are
// RFC 3339 in UTC, ids are numbers, a field without a value is left out.
// Errors are problem+json with the code of package fleet. API is the main
// type. Its event streams end when the feed of package control is closed.
package api
