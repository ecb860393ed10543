// Package tr50 is the server side of TR50, the protocol of deviceWISE: devices
// over MQTT and HTTP, users over the same commands. The codec is in package
// wire, the transport in package mqtt, what happens in package control; here
// protocol words become use cases and their results become answers.
//
// A [Handler] is the mqtt.Handler of the endpoint, and its Routes serve
// POST /api and GET and POST /file/<id>. One table of commands ([commands])
// serves both; one table of words ([progressEvents], [resultEvents]) says what
// a device's words mean for an execution.
//
// Every message of a device is one contact: what all its commands publish is
// on disk before the answers are sent, and if it was telemetry, a pending
// update is offered after them. Every command gets an answer.
//
// In memory and nowhere else are sessions and file tickets; who loses one asks
// for another. Mail is in the store: a session is told that some waits, is
// handed each message once, and may acknowledge at any later time.
//
// Rules carry their source as "TR50 1.7", a section of the reference.
package tr50
