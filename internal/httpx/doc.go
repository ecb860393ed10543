// Package httpx is what every HTTP surface of the server shares: request ids,
// recovery, the access log, security headers, the session token of a request,
// and deadlines that follow the progress of a transfer.
//
// Wrap goes once around the whole mux. The package knows nothing of the fleet
// and writes no page of its own; what a request means is decided in api and
// web. Tokens, cookies and queries are never logged.
package httpx
