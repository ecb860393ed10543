// Package mqtt is an MQTT endpoint: the server side of MQTT 3.1 (MQIsdp,
// level 3) and MQTT 3.1.1 (level 4) for a server that talks with each client
// alone. It is no broker: nothing is routed between clients, nothing is
// retained and no session is stored.
//
// A [Server] takes connections from listeners (plain or TLS) and from HTTP
// (WebSocket), checks every packet against its [Limits] before memory is made
// for it, and hands what clients publish to a [Handler]. The handler answers
// with [Conn.Publish].
//
// What a client may rely on: QoS 0 and 1 from it to us, QoS 0 from us to it;
// PUBACK follows the handler's success, so an acknowledged message was dealt
// with. Every client gets what is published to its connection with or without
// a SUBSCRIBE; a SUBSCRIBE is granted and changes nothing, so nothing arrives
// twice. Wills are read and dropped. Sessions are known by the pair of user name
// and client id (TR50 1.1 point 2): a second connection of the same pair ends the first.
//
// What a connection costs: one goroutine that reads, 512 bytes of buffer, and a
// second goroutine only while there is something to write. One slow or hostile
// client costs its own connection, never the others.
package mqtt
