// Package link is a device's connection to its server: TR50 over MQTT 3.1.1.
//
// A Link sends commands and waits for their answers, and tells when the
// server says that mail waits. It is one connection: when it ends it stays
// ended, and whoever wants another dials again. Nothing is queued and nothing
// is repeated; the answer to a command is what acknowledges it, so messages go
// at QoS 0.
//
// The MQTT in it is the part that a device needs (CONNECT, PUBLISH, PINGREQ,
// DISCONNECT), because that costs a device 15 KiB of program and one goroutine
// for a connection, where a general client costs 2 MiB and five.
//
// Timeouts run on the monotonic clock alone. A silent server is noticed after
// one and a half keep-alives, a stuck write after WriteTimeout.
//
// The main type is Link.
package link
