// Package agenttest is a server for the tests of agents and simulated devices:
// TR50 over real MQTT and HTTP sockets, scripted by the test instead of decided
// by an engine.
//
// A Peer keeps a mailbox with the rules of TR50 1.7 (a message is handed out
// once in a session, and again in a later one until work on it has begun),
// notes what devices send, and gives out files. A test can look at every
// command before it is answered, lose the answer, take over the serving of a
// file, and take the server away and bring it back at the same address.
//
// It stores nothing, checks no rights and knows no updates: that is package
// control. The main type is Peer.
package agenttest
