package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/sluicehq/sluice/app"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/testpg"
)

// database is a store that the numbers are asked for.
type database struct {
	name, title string
	url         func(b *testing.B) string
}

var databases = []database{
	{"sqlite", "SQLite", func(b *testing.B) string { return "sqlite:" + filepath.Join(b.TempDir(), "sluice.db") }},
	{"postgres", "PostgreSQL", func(b *testing.B) string { return testpg.URL(b) }},
}

// world is the server of package app with its administrator.
type world struct {
	*testing.B
	server *app.Server
	admin  control.Actor
	token  string // enrols any number of devices

	session string // of the administrator's browser
}

func serve(b *testing.B, url string) *world {
	b.Helper()
	w := &world{B: b}
	var err error
	w.server, err = app.Open(b.Context(), app.Config{Data: b.TempDir(), Database: url, Listen: "127.0.0.1:0", MQTT: "127.0.0.1:0"})
	w.must(err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.server.Run(ctx) }()
	b.Cleanup(func() {
		stop()
		w.must(<-ended)
		w.must(w.server.Close())
	})
	w.session, _, err = w.server.Control.SignIn(b.Context(), "admin", w.server.Password)
	w.must(err)
	w.admin, err = w.server.Control.Authenticate(b.Context(), w.session)
	w.must(err)
	w.token, _, err = w.server.Control.CreateToken(b.Context(), w.admin, control.NewToken{Kind: fleet.Application})
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// crowd connects n accepted devices.
func (w *world) crowd(n int) []*client {
	w.Helper()
	clients := make([]*client, n)
	parallel(n, func(i int) {
		key := fmt.Sprintf("gw-%05d", i)
		var err error
		if clients[i], err = w.device(key); err != nil {
			w.Error(err)
		}
	})
	if w.Failed() {
		w.FailNow()
	}
	w.Cleanup(func() { hangUp(clients) })
	return clients
}

// device connects one device and accepts it.
func (w *world) device(key string) (*client, error) {
	c, err := dial(w.server.MQTTAddress(), key, w.token)
	if err != nil {
		return nil, err
	}
	d, err := w.server.Control.DeviceByKey(w.Context(), w.admin, key)
	if err != nil {
		return nil, err
	}
	_, err = w.server.Control.SetDeviceState(w.Context(), w.admin, d.ID, fleet.DeviceAccepted)
	return c, err
}

func hangUp(clients []*client) {
	for _, c := range clients {
		_ = c.Close()
	}
}
