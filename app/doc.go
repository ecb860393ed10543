// Package app is the server as a library: Open wires store, blobs, use cases
// and protocols together, Run serves until its context ends, Close leaves
// everything on disk. The commands, the demo, the tests and the benchmarks
// run the same server.
//
//	server, err := app.Open(ctx, app.Config{Data: dir, Listen: "127.0.0.1:0", MQTT: "127.0.0.1:0"})
//	go server.Run(ctx)
//	server.URL() // http://127.0.0.1:…
package app
