package agent_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/agent"
	"github.com/sluicehq/sluice/sup"
)

// keyServer offers public keys as the server's API does.
func keyServer(t *testing.T, keys ...ed25519.PublicKey) string {
	t.Helper()
	type entry struct {
		Fingerprint string `json:"fingerprint"`
		Key         []byte `json:"key"`
	}
	var list []entry
	for _, k := range keys {
		list = append(list, entry{sup.Fingerprint(k), k})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": list})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func newKey(t *testing.T) ed25519.PublicKey {
	t.Helper()
	key, err := sup.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key.Public().(ed25519.PublicKey)
}

// agentRun runs the program to its end.
func agentRun(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	return string(out), err
}

func TestEnrolKeepsTheKeyWithTheFingerprintOnly(t *testing.T) {
	t.Parallel()
	ours, other := newKey(t), newKey(t)
	data := filepath.Join(t.TempDir(), "data")
	args := []string{"enrol", "--server", keyServer(t, other, ours), "--token", "one-time-token", "--key", "gw-1",
		"--fingerprint", sup.Fingerprint(ours), "--data", data, "--root", t.TempDir(), "--model", "iStation", "--telemetry", "250ms"}
	if out, err := agentRun(t, args...); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	layout := agent.Layout(data)
	first, err := agent.Load(layout)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.TrustKeys) != 1 || first.Threshold != 1 || first.ThingKey != "gw-1" || first.Token != "one-time-token" ||
		len(first.AppID) < 26 || !strings.HasPrefix(first.MQTTURL, "mqtt://127.0.0.1:1883") {
		t.Errorf("the configuration is %+v", first)
	}
	if info, err := os.Stat(layout.Configuration()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v (%v)", info.Mode(), err)
	}
	if out, err := agentRun(t, args...); err != nil { // interrupted and repeated
		t.Fatalf("%v: %s", err, out)
	}
	if again, err := agent.Load(layout); err != nil || again.AppID != first.AppID {
		t.Errorf("the application id changed with the same token: %v", err)
	}
	args[4] = "another-token"
	if out, err := agentRun(t, args...); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if again, err := agent.Load(layout); err != nil || again.AppID == first.AppID {
		t.Errorf("the application id is the same with another token (%v)", err)
	}
}

func TestEnrolRefusesAServerWithoutTheKey(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	out, err := agentRun(t, "enrol", "--server", keyServer(t, newKey(t)), "--token", "token", "--key", "gw-1",
		"--fingerprint", sup.Fingerprint(newKey(t)), "--data", data)
	if err == nil || !strings.Contains(out, "cannot enrol") {
		t.Errorf("%v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(data, "agent.json")); err == nil {
		t.Error("a configuration was written")
	}
}

func TestEnrolTakesAKeyFromAFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := newKey(t)
	file := filepath.Join(dir, "key.pub")
	if err := os.WriteFile(file, sup.MarshalPublicKey(key, "owner"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := agentRun(t, "enrol", "--server", "https://sluice.example:8443", "--token", "token", "--key", "gw-1",
		"--fingerprint", sup.Fingerprint(key), "--key-file", file, "--data", dir, "--root", t.TempDir())
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if c, err := agent.Load(agent.Layout(dir)); err != nil || c.MQTTURL != "mqtts://sluice.example:8883" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestATokenDoesNotCrossTheNetworkUnencrypted(t *testing.T) {
	t.Parallel()
	out, err := agentRun(t, "enrol", "--server", "http://192.0.2.1:8080", "--token", "token", "--key", "gw-1",
		"--fingerprint", sup.Fingerprint(newKey(t)), "--data", t.TempDir())
	if err == nil || !strings.Contains(out, "--plain") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestTheProgramSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"run", "--data", t.TempDir()}, "not enrolled"},
		{[]string{"apply", "--data", t.TempDir()}, "apply takes one argument, 0 were given"},
		{[]string{"apply", "--data", t.TempDir(), "x.sup"}, "not enrolled"},
		{[]string{"install"}, "--job is missing"},
		{[]string{"frobnicate"}, "there is no command"},
		{[]string{"enrol"}, "--fingerprint is missing"},
	} {
		if out, err := agentRun(t, c.args...); err == nil || !strings.Contains(out, c.want) {
			t.Errorf("%q: %v, %s", c.args, err, out)
		}
	}
	for _, args := range [][]string{{}, {"help"}, {"run", "--help"}, {"version"}} {
		if out, err := agentRun(t, args...); err != nil || !bytes.Contains([]byte(out), []byte("sluice-agent")) {
			t.Errorf("%q: %v, %s", args, err, out)
		}
	}
}
