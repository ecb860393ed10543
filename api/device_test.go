package api_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

func TestDevicesArePagedFilteredAndFoundByKey(t *testing.T) {
	c := newCaller(t)
	for i := range 5 {
		c.Device(fmt.Sprintf("gw-%d", i), "iStation")
	}
	c.PendingDevice("tc-0", "Futro")
	var keys []string
	after, pages := "", 0
	for {
		var l items
		c.do("GET", "/devices?limit=2"+after, nil).into(200, &l)
		for _, d := range l.Items {
			keys = append(keys, d["key"].(string))
		}
		if pages++; l.Next == 0 {
			break
		}
		after = fmt.Sprintf("&after=%d", l.Next)
	}
	if got, want := fmt.Sprint(keys), "[gw-0 gw-1 gw-2 gw-3 gw-4 tc-0]"; got != want || pages != 4 {
		t.Errorf("got %s in %d pages", got, pages)
	}
	for query, want := range map[string]int{"?state=pending": 1, "?state=accepted&q=GW-3": 1, "?q=futro": 1, "?kind=thin_client": 0,
		"?key=gw-1": 1, "?key=gw": 0, "?key=gw-1&state=pending": 0} {
		var l items
		c.do("GET", "/devices"+query, nil).into(200, &l)
		if len(l.Items) != want || l.Items == nil || l.Next != 0 {
			t.Errorf("%s: got %v", query, l)
		}
	}
}

func TestADeviceIsShownAsItIs(t *testing.T) {
	c := newCaller(t)
	d := c.Device("gw", "iStation")
	c.Clock.Advance(2 * time.Hour)
	var got object
	c.do("GET", "/devices/"+d.ID.String(), nil).into(200, &got)
	for name, want := range map[string]any{"id": float64(d.ID), "key": "gw", "kind": "gateway", "state": "accepted", "model": "iStation", "link": "tr50",
		"presence": "late", "connected": false, "last_seen_at": "2026-11-21T12:00:00Z", "created_at": "2026-11-21T12:00:00Z", "poll_every_seconds": 3600.0} {
		if got[name] != want {
			t.Errorf("%s: got %v, want %v", name, got[name], want)
		}
	}
	defer c.Control.Online(d.ID, control.Bell{})()
	c.do("GET", "/devices/"+d.ID.String(), nil).into(200, &got)
	if got["connected"] != true {
		t.Errorf("got %v", got)
	}
}

func TestADeviceIsAcceptedAndRejected(t *testing.T) {
	c := newCaller(t)
	d := c.PendingDevice("gw", "m")
	for verb, want := range map[string]string{"accept": "accepted", "reject": "rejected"} {
		var got object
		c.do("POST", "/devices/"+d.ID.String()+"/"+verb, nil).into(200, &got)
		if got["state"] != want {
			t.Errorf("%s: got %v", verb, got)
		}
	}
	var l items
	c.do("GET", "/audit?limit=2", nil).into(200, &l)
	if len(l.Items) != 2 || l.Items[0]["object"] != "device gw" || l.Items[0]["actor"] != "admin" {
		t.Errorf("got %v", l)
	}
}

func TestWhatADevicePublishedIsRead(t *testing.T) {
	c := newCaller(t)
	d := c.Device("gw", "m")
	for i := range 3 {
		c.Clock.Advance(time.Minute)
		c.Contact(d, fleet.Value{Kind: fleet.Property, Key: "temperature", Number: 20 + float64(i)})
	}
	base := "/devices/" + d.ID.String()
	var l items
	c.do("GET", base+"/values?kind=property", nil).into(200, &l)
	if len(l.Items) != 1 || l.Items[0]["key"] != "temperature" || l.Items[0]["number"] != 22.0 || l.Items[0]["at"] != "2026-11-21T12:03:00Z" {
		t.Errorf("got %v", l)
	}
	for query, want := range map[string]string{"": "[20 21 22]", "&limit=2": "[21 22]", "&from=2026-11-21T12:02:00Z": "[21 22]",
		"&to=2026-11-21T13:01:30%2B01:00": "[20]"} {
		var h items
		c.do("GET", base+"/history?kind=property&key=temperature"+query, nil).into(200, &h)
		var numbers []any
		for _, v := range h.Items {
			numbers = append(numbers, v["number"])
		}
		if fmt.Sprint(numbers) != want {
			t.Errorf("history%s: got %v, want %s", query, numbers, want)
		}
	}
	c.Contact(d, fleet.Value{Kind: fleet.Property, Key: "a"}, fleet.Value{Kind: fleet.Property, Key: "b"})
	var keys []any
	for after := ""; after != "end"; {
		var page object
		c.do("GET", base+"/values?kind=property&limit=2&after="+after, nil).into(200, &page)
		for _, v := range page["items"].([]any) {
			keys = append(keys, v.(map[string]any)["key"])
		}
		if after = "end"; page["next"] != nil {
			after = page["next"].(string)
		}
	}
	if fmt.Sprint(keys) != "[a b temperature]" {
		t.Errorf("got %v", keys)
	}
	c.do("GET", "/devices/999/values?kind=property", nil).problem(404, "not_found", "")
}

func TestADevicesLogFilesAndMail(t *testing.T) {
	c := newCaller(t)
	ctx := context.Background()
	d := c.Device("gw", "m")
	base := "/devices/" + d.ID.String()
	c.WriteLog(fleet.LogEntry{DeviceID: d.ID, At: c.Clock.Now(), Level: fleet.LogWarning, Text: "warm"},
		fleet.LogEntry{DeviceID: d.ID, At: c.Clock.Now(), Level: fleet.LogError, Text: "hot"})
	var l items
	c.do("GET", base+"/log?limit=1", nil).into(200, &l)
	if len(l.Items) != 1 || l.Items[0]["text"] != "hot" || l.Items[0]["level"] != "error" || l.Next == 0 {
		t.Errorf("got %v", l)
	}
	c.do("GET", fmt.Sprintf("%s/log?limit=1&after=%d", base, l.Next), nil).into(200, &l)
	if len(l.Items) != 1 || l.Items[0]["text"] != "warm" {
		t.Errorf("got %v", l)
	}
	var m object
	c.do("POST", base+"/diagnostic", nil).into(200, &m)
	mail, _, err := c.Control.CheckMail(ctx, d.ID, "session", control.Room{Messages: 1, Bytes: 1 << 20})
	if err != nil || len(mail) != 1 || mail[0].ID != m["id"] || !bytes.Contains(mail[0].Params, []byte(control.DiagnosticMethod)) {
		t.Errorf("got %v, %v, %v", m, mail, err)
	}
	if _, err := c.Control.PutDeviceFile(ctx, d, "diagnostic.tar", nil, bytes.NewReader([]byte("logs"))); err != nil {
		t.Fatal(err)
	}
	c.do("GET", base+"/files", nil).into(200, &l)
	if len(l.Items) != 1 || l.Items[0]["name"] != "diagnostic.tar" || l.Items[0]["device_id"] != float64(d.ID) {
		t.Errorf("got %v", l)
	}
	c.do("GET", "/files", nil).into(200, &l)
	if len(l.Items) != 0 {
		t.Errorf("a device's file is among the organisation's: %v", l)
	}
}

func TestATokensSecretIsShownOnce(t *testing.T) {
	c := newCaller(t)
	var made struct {
		Secret string
		Token  object
	}
	c.do("POST", "/tokens", object{"kind": "one_time", "device_key": "gw", "note": "line 3", "life_seconds": 3600}).into(201, &made)
	if made.Token["expires_at"] != "2026-11-21T13:00:00Z" || made.Token["device_key"] != "gw" || len(made.Secret) != 22 {
		t.Errorf("got %v", made)
	}
	a := c.do("GET", "/tokens", nil)
	var l items
	a.into(200, &l)
	if len(l.Items) != 1 || l.Items[0]["note"] != "line 3" || bytes.Contains(a.body, []byte(made.Secret)) {
		t.Errorf("got %s", a.body)
	}
}
