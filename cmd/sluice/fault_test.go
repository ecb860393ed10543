package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sluicehq/sluice/client"
	"github.com/sluicehq/sluice/internal/testpg"
	"github.com/sluicehq/sluice/sim"
	"github.com/sluicehq/sluice/sup"
)

// fleetSize is how many devices take the update while the server dies, and
// kills is how often it does.
const (
	fleetSize = 60
	kills     = 6
)

func TestAnUpdateSurvivesTheDeathOfTheServerOnSQLite(t *testing.T) {
	t.Parallel()
	survive(t)
}

func TestAnUpdateSurvivesTheDeathOfTheServerOnPostgreSQL(t *testing.T) {
	t.Parallel()
	survive(t, "--database", testpg.URL(t))
}

// survive kills the server again and again, at moments that only the seed
// knows, while a fleet takes an update. Every execution must come to exactly
// one end, the one that its device reported, and the next update must work.
func survive(t *testing.T, args ...string) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	s := newServer(t, args...)
	c := s.signIn(t.Context())
	devices := startDevices(t, s, c)
	for _, version := range []string{"1.0", "2.0"} {
		u := give(t, s, c, version)
		for n := range kills {
			awaitEnded(t, c, u, n*fleetSize/kills)
			timer := time.NewTimer(time.Duration(random.Int64N(int64(300 * time.Millisecond))))
			<-timer.C
			s.kill()
			s.start()
		}
		awaitEnded(t, c, u, fleetSize)
		judge(t, c, u, devices)
	}
}

// startDevices enrols and starts the fleet: every seventh device fails, every
// fifth says everything twice.
func startDevices(t *testing.T, s *serverProcess, c *client.Client) map[string]string {
	t.Helper()
	ends := map[string]string{}
	list := make([]sim.Options, fleetSize)
	for i := range list {
		key := fmt.Sprintf("sim-%03d", i)
		token, _, err := c.CreateToken(t.Context(), client.NewToken{Kind: "one_time"})
		if err != nil {
			t.Fatal(err)
		}
		list[i] = sim.Options{ServerURL: "http://" + s.url, MQTTURL: "mqtt://" + s.mqtt, Key: key, Token: token, Model: "m",
			Period: 200 * time.Millisecond, RetryCap: 100 * time.Millisecond, InstallFor: 200 * time.Millisecond, Now: time.Now,
			Duplicate: i%5 == 0, CutAfter: int64(i%3) * 2000}
		ends[key] = "succeeded"
		if i%7 == 0 {
			list[i].Outcome, list[i].Reason, ends[key] = sim.Fail, "as told", "failed"
		}
	}
	fleet := sim.Start(fleetSize, func(i int) sim.Options { return list[i] })
	t.Cleanup(fleet.Close)
	await(t, func() bool {
		known, err := client.Collect(c.Devices(t.Context(), client.DeviceFilter{}), fleetSize+1)
		if err != nil || len(known) < fleetSize {
			return false
		}
		for _, d := range known {
			if d.Model == "" {
				return false
			}
		}
		return true
	})
	return ends
}

// give builds a package, uploads it and gives it to the whole fleet.
func give(t *testing.T, s *serverProcess, c *client.Client, version string) int64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.data, "keys/signing.key"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := sup.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	var built bytes.Buffer
	manifest := sup.Manifest{Format: sup.Format, Name: "hello", Version: version, ReleaseCounter: 1,
		Actions: []sup.Action{{Type: "file.install", Params: json.RawMessage(`{"source":"hello","path":"/etc/hello"}`)}}}
	files := fstest.MapFS{"hello": {Data: []byte(strings.Repeat("hello "+version+"\n", 1000))}}
	if err := sup.Build(&built, manifest, files, sup.NewSigner(key)); err != nil {
		t.Fatal(err)
	}
	file, err := c.Upload(t.Context(), "hello-"+version+".sup", &built, int64(built.Len()), nil)
	if err != nil {
		t.Fatal(err)
	}
	release, err := c.CreateRelease(t.Context(), file.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for i := range fleetSize {
		keys = append(keys, fmt.Sprintf("sim-%03d", i))
	}
	u, err := c.CreateUpdate(t.Context(), client.NewUpdate{Type: "sup", ReleaseID: release.ID, Audience: client.Audience{Devices: keys}})
	if err != nil {
		t.Fatal(err)
	}
	return u.ID
}

// awaitEnded waits until at least n executions of the update have ended.
func awaitEnded(t *testing.T, c *client.Client, update int64, n int) {
	t.Helper()
	await(t, func() bool {
		list, err := client.Collect(c.Executions(t.Context(), client.ExecutionFilter{Update: update}), fleetSize)
		if err != nil {
			return false
		}
		ended := 0
		for _, e := range list {
			if e.Final {
				ended++
			}
		}
		return ended >= n
	})
}

// await asks again every 20 ms, for two minutes at the most.
func await(t *testing.T, holds func() bool) {
	t.Helper()
	limit := time.After(2 * time.Minute)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-again.C:
		case <-limit:
			t.Fatal("what was waited for did not come within two minutes")
		}
	}
}

// judge asserts that every device came to its one end.
func judge(t *testing.T, c *client.Client, update int64, ends map[string]string) {
	t.Helper()
	list, err := client.Collect(c.Executions(t.Context(), client.ExecutionFilter{Update: update}), fleetSize+1)
	if err != nil || len(list) != fleetSize {
		t.Fatalf("%d executions, %v", len(list), err)
	}
	for _, e := range list {
		if e.State != ends[e.Device.Key] {
			t.Errorf("%s: got %s (%s), want %s", e.Device.Key, e.State, e.Reason, ends[e.Device.Key])
		}
		events, err := client.Collect(c.ExecutionEvents(t.Context(), e.ID), 0)
		if err != nil {
			t.Fatal(err)
		}
		sent, final := 0, 0
		for _, event := range events {
			if event.Mismatch {
				t.Errorf("%s: a contradiction: %+v", e.Device.Key, event)
			}
			switch event.Event {
			case "send":
				sent++
			case "succeed", "fail":
				final++
			}
		}
		if sent != 1 || final != 1 {
			t.Errorf("%s: sent %d times, ended %d times", e.Device.Key, sent, final)
		}
	}
	u, err := c.Update(t.Context(), update)
	if err != nil || u.Status != "sent" {
		t.Errorf("got %s, %v", u.Status, err)
	}
}
