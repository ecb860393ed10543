// Package sim is simulated devices over the real wire: MQTT and HTTP sockets,
// the same client, codec and transfer as the agent. The demo, tests and
// benchmarks fill a fleet with them.
//
// A Device connects, says what it is, sends telemetry, takes updates, really
// downloads the file and checks its checksums (the content is thrown away),
// goes through the phases of an installation that it does not carry out, and
// reports the outcome that its Options give. Faults are options too: a
// connection that breaks in the middle of the transfer, reports that are sent
// twice, an update of which the device never says anything more.
//
// A simulated device keeps its state in memory: it survives the loss of any
// connection, not the end of its process. It verifies no signature and holds no
// package against its model; agents do (package agent).
//
// The main types are Device and Fleet.
package sim
