// Package client speaks the REST interface of a Sluice server.
//
// It has types of its own for what goes over the wire and imports nothing
// else of the project, so that it can be copied. Client is the main type;
// each resource has a file. Lists are iterators that fetch page after page
// and end with the first error. An answer that is an error is an *Error with
// the server's code and sentence; any other error means that the server was
// not reached or did not answer as it should.
//
// It does not retry: a request that may not be done twice carries an
// idempotency key of the caller.
package client
