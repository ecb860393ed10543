package app_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluicehq/sluice/app"
)

func TestAServerIsHealthyAndEndsWhenItIsTold(t *testing.T) {
	t.Parallel()
	s := serve(t, app.Config{Data: t.TempDir()})
	for path, want := range map[string]string{"/healthz": `"status":"ok"`, "/readyz": `"status":"ok"`, "/metrics": "sluice_mqtt_connections 0",
		"/api/v1/openapi.json": `"openapi":"3.1`, "/api/v1/keys": s.Fingerprint()} {
		if body := get(t, http.DefaultClient, s.URL()+path); !strings.Contains(body, want) {
			t.Errorf("%s: got %.300s", path, body)
		}
	}
	connection, err := net.Dial("tcp", s.MQTTAddress())
	if err != nil {
		t.Fatal(err)
	}
	_ = connection.Close()
}

func TestTheFirstStartMakesKeyAndAdministratorAndTheNextKeepsThem(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first := open(t, app.Config{Data: data})
	fingerprint, password := first.Fingerprint(), first.Password
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(t, app.Config{Data: data})
	if second.Fingerprint() != fingerprint || len(password) < 16 || second.Password != "" {
		t.Errorf("fingerprint %s then %s, second password %q", fingerprint, second.Fingerprint(), second.Password)
	}
	info, err := os.Stat(filepath.Join(data, app.SigningKeyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the signing key: %v, %v", info.Mode(), err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestConnectionsAreBoundedBeforeTheySayWhoTheyAre(t *testing.T) {
	t.Parallel()
	s := serve(t, app.Config{Data: t.TempDir(), Connections: 2})
	var open [3]net.Conn
	for i := range open {
		var err error
		if open[i], err = net.Dial("tcp", s.MQTTAddress()); err != nil {
			t.Fatal(err)
		}
		defer open[i].Close()
	}
	if err := open[2].SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil { // before the time for a CONNECT is over
		t.Fatal(err)
	}
	if _, err := open[2].Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the third is open: %v", err)
	}
}

func TestConnectionsHaveABoundWhereNoneIsGiven(t *testing.T) {
	t.Parallel()
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	if got := app.MaxConnections(); got <= 0 || uint64(got) >= files.Cur {
		t.Errorf("got %d of %d files", got, files.Cur)
	}
}

func TestADataFolderHasOneServer(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first := open(t, app.Config{Data: data})
	second, err := app.Open(t.Context(), app.Config{Data: data, Listen: "127.0.0.1:0", MQTT: "127.0.0.1:0"})
	if want := "cannot start: another server uses the data folder " + data + "; stop it, or give another folder with --data"; err == nil || err.Error() != want {
		t.Errorf("got %v, %v, want %s", second, err, want)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, app.Config{Data: data}).Close(); err != nil {
		t.Error(err)
	}
}

func TestWithoutTLSOnlyThisMachineIsServed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		config app.Config
		want   string
	}{
		{app.Config{Listen: ":0"}, "would be reached from other machines without TLS"},
		{app.Config{MQTT: "0.0.0.0:0"}, "would be reached from other machines without TLS"},
		{app.Config{Listen: "nonsense"}, `listen is "nonsense"; write it as 127.0.0.1:8080`},
		{app.Config{TLSCert: "cert.pem"}, "give both tls-cert and tls-key"},
		{app.Config{HTTPS: ":0"}, "need tls-cert and tls-key"},
		{app.Config{TLSCert: "none.pem", TLSKey: "none.pem"}, "cannot read the TLS certificate"},
		{app.Config{Blobs: "s3://bucket"}, "this server keeps them as file:DIR"},
		{app.Config{Database: "mysql://x"}, "neither sqlite:PATH nor postgres://"},
	} {
		c.config.Data = t.TempDir()
		set(&c.config.Listen, "127.0.0.1:0")
		set(&c.config.MQTT, "127.0.0.1:0")
		_, err := app.Open(t.Context(), c.config)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestATLSServerTakesHTTPSAndRefusesOldTLS(t *testing.T) {
	t.Parallel()
	cert, key, roots := certificate(t)
	data := t.TempDir()
	s := serve(t, app.Config{Data: data, TLSCert: cert, TLSKey: key, HTTPS: "127.0.0.1:0", MQTTS: "127.0.0.1:0"})
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	if body := get(t, client, s.SecureURL()+"/healthz"); !strings.Contains(body, "ok") {
		t.Errorf("got %s", body)
	}
	for _, address := range []string{strings.TrimPrefix(s.SecureURL(), "https://"), s.MQTTSAddress()} {
		connection, err := tls.Dial("tcp", address, &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10})
		if err == nil {
			_ = connection.Close()
			t.Errorf("%s speaks TLS 1.1", address)
		}
		connection, err = tls.Dial("tcp", address, &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS12})
		if err != nil {
			t.Errorf("%s: a TLS 1.2 client is refused: %v", address, err)
			continue
		}
		_ = connection.Close()
	}
}

func TestAPageOfAnotherSiteChangesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, app.Config{Data: t.TempDir()})
	request, err := http.NewRequest(http.MethodPost, s.URL()+"/api/v1/login", strings.NewReader(`{"name":"admin","password":"`+s.Password+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Origin", "https://elsewhere.example")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("got %s", answer.Status)
	}
}

func set(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

func open(t *testing.T, c app.Config) *app.Server {
	t.Helper()
	set(&c.Listen, "127.0.0.1:0")
	set(&c.MQTT, "127.0.0.1:0")
	s, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serve runs a server until the test ends, and asserts that it ends well.
func serve(t *testing.T, c app.Config) *app.Server {
	t.Helper()
	s := open(t, c)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func get(t *testing.T, c *http.Client, url string) string {
	t.Helper()
	answer, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("%s: %s, %v", url, answer.Status, err)
	}
	return string(body)
}

// certificate makes one for 127.0.0.1 and returns its files.
func certificate(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	pair := selfSigned(t)
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, text := range map[string][]byte{cert: pair.cert, key: pair.key} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(pair.cert)
	return cert, key, roots
}
