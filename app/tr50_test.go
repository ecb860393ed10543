package app_test

import (
	"context"
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

// enrol lets a device in over TR50 and returns the header of its session.
func enrol(t *testing.T, s *app.Server, key string) []string {
	t.Helper()
	ctx := context.Background()
	token, _, err := s.Control.SignIn(ctx, "admin", s.Password)
	if err != nil {
		t.Fatal(err)
	}
	admin, err := s.Control.Authenticate(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	secret, _, err := s.Control.CreateToken(ctx, admin, control.NewToken{Kind: fleet.OneTime})
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
