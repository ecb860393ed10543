package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/app"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// post sends JSON and returns the answer, which has to be a success.
func post(t *testing.T, url, body string, header ...string) string {
	t.Helper()
	return send(t, http.MethodPost, url, body, header...)
}

func send(t *testing.T, method, url, body string, header ...string) string {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s, %v: %s", method, url, answer.Status, err, text)
	}
	return string(text)
}

// signIn is the header of a session of admin over REST.
func signIn(t *testing.T, s *app.Server) []string {
	t.Helper()
	var in struct{ Token string }
	text := post(t, s.URL()+"/api/v1/login", `{"name":"admin","password":"`+s.Password+`"}`)
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		t.Fatal(err)
	}
	return []string{"Authorization", "Bearer " + in.Token}
}

// admin is the actor of the first administrator.
func admin(t *testing.T, s *app.Server) control.Actor {
	t.Helper()
	token, _, err := s.Control.SignIn(t.Context(), "admin", s.Password)
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Control.Authenticate(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// enrol lets a device in over TR50 and returns the header of its session.
func enrol(t *testing.T, s *app.Server, key string) []string {
	t.Helper()
	secret, _, err := s.Control.CreateToken(t.Context(), admin(t, s), control.NewToken{Kind: fleet.OneTime})
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		Auth struct {
			Params struct{ SessionID string }
		}
	}
	text := post(t, s.URL()+"/api", fmt.Sprintf(`{"auth":{"command":"api.authenticate","params":{"appToken":%q,"appId":"app","thingKey":%q}}}`, secret, key))
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		t.Fatal(err)
	}
	return []string{"sessionId", in.Auth.Params.SessionID}
}

func TestAFileIsNotCompressedForTransfer(t *testing.T) {
	t.Parallel()
	s := serve(t, app.Config{Data: t.TempDir()})
	content := strings.Repeat("a", 100_000)
	if _, err := s.Control.Upload(t.Context(), admin(t, s), "a.txt", strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	var ticket struct {
		One struct {
			Params struct{ FileID string }
		} `json:"1"`
	}
	text := post(t, s.URL()+"/api", `{"1":{"command":"file.get","params":{"fileName":"a.txt","global":true}}}`, enrol(t, s, "gw-1")...)
	if err := json.Unmarshal([]byte(text), &ticket); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodGet, s.URL()+"/file/"+ticket.One.Params.FileID, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip, deflate") // named by us, the client leaves it as it comes
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if got := answer.Header.Get("Content-Encoding"); err != nil || got != "" || string(body) != content {
		t.Errorf("%s: the content encoding is %q, %d bytes came, %v", answer.Status, got, len(body), err)
	}
}

func TestAMomentBeforeClocksBeganIsReadableEverywhere(t *testing.T) {
	t.Parallel()
	s := serve(t, app.Config{Data: t.TempDir()})
	device := enrol(t, s, "gw-1")
	for _, ts := range []string{"0000-01-01T00:00:00+01:00", "0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-23:00"} {
		for command, params := range map[string]string{
			"property.publish": `"key":"p","value":1`, "attribute.publish": `"key":"a","value":"x","republish":true`,
			"alarm.publish": `"key":"w","state":1,"republish":true`, "location.publish": `"lat":1,"lng":2`, "log.publish": `"msg":"m"`,
		} {
			text := post(t, s.URL()+"/api", `{"1":{"command":"`+command+`","params":{`+params+`,"ts":"`+ts+`"}}}`, device...)
			if !strings.Contains(text, `"success":true`) {
				t.Errorf("%s at %s: %s", command, ts, text)
			}
		}
		text := post(t, s.URL()+"/api", `{"1":{"command":"alarm.batch","params":{"ts":"`+ts+`","data":[{"key":"w","state":2}]}}}`, device...)
		if !strings.Contains(text, `"success":true`) {
			t.Errorf("alarm.batch at %s: %s", ts, text)
		}
	}
	for command, params := range map[string]string{
		"property.current": `{"key":"p"}`, "attribute.current": `{"key":"a"}`, "alarm.current": `{"key":"w"}`, "location.current": `{}`,
		"property.history": `{"key":"p"}`, "alarm.history": `{"key":"w"}`, "log.list": `{}`, "thing.find": `{}`,
	} {
		text := post(t, s.URL()+"/api", `{"1":{"command":"`+command+`","params":`+params+`}}`, device...)
		if !strings.Contains(text, `"success":true`) || !strings.Contains(text, `"ts":"20`) {
			t.Errorf("%s: %s", command, text)
		}
	}
	user := signIn(t, s)
	for _, path := range []string{"values?kind=property", "values?kind=attribute", "values?kind=alarm", "values?kind=location", "log", "history?kind=property&key=p"} {
		if text := send(t, http.MethodGet, s.URL()+"/api/v1/devices/1/"+path, "", user...); !strings.Contains(text, `"at":"20`) {
			t.Errorf("%s: %s", path, text)
		}
	}
}
