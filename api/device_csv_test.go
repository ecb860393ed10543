package api_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/fleet"
)

func TestAnExportHasEveryPageAndComesBackAsAnImport(t *testing.T) {
	c := newCaller(t)
	north := c.Unit(fleet.Root, fleet.Channel, "North")
	acme := c.Unit(north, fleet.Customer, "Acme")
	twin := c.Unit(fleet.Root, fleet.Customer, "123")
	var rows strings.Builder
	rows.WriteString("key,name,kind,unit\n")
	const devices = 1003 // more than a page
	for i := range devices {
		fmt.Fprintf(&rows, "gw-%04d,=HYPERLINK(%d),thin_client,North/Acme\n", i, i)
	}
	fmt.Fprintf(&rows, "odd,,,%d\n", twin)
	var done object
	c.do("POST", "/devices/import", rows.String()).into(200, &done)
	if done["made"] != devices+1.0 || done["changed"] != 0.0 {
		t.Errorf("got %v", done)
	}
	a := c.do("GET", "/devices.csv", nil)
	if a.status != 200 || a.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(a.header.Get("Content-Disposition"), "devices.csv") {
		t.Fatalf("got %d %v", a.status, a.header)
	}
	table, err := csv.NewReader(strings.NewReader(string(a.body))).ReadAll()
	if err != nil || len(table) != devices+2 {
		t.Fatalf("got %d lines, %v", len(table), err)
	}
	if got := strings.Join(table[1002], "|"); got != "gw-1001|'=HYPERLINK(1001)|thin_client|North/Acme|accepted|unknown||||||2026-11-21T12:00:00Z" &&
		got != "gw-1001|'=HYPERLINK(1001)|thin_client|North/Acme|accepted|unknown|||||||2026-11-21T12:00:00Z" {
		t.Errorf("got %s", got)
	}
	if got := table[devices+1]; got[0] != "odd" || got[3] != fmt.Sprint(twin) || got[1] != "odd" {
		t.Errorf("a unit whose name is a number: got %v", got)
	}
	c.do("POST", "/devices/import", a.body).into(200, &done)
	if done["made"] != 0.0 || done["changed"] != devices+1.0 {
		t.Errorf("got %v", done)
	}
	if again := c.do("GET", "/devices.csv", nil); string(again.body) != string(a.body) {
		t.Error("an export that was imported is another export")
	}
	if part := c.do("GET", fmt.Sprintf("/devices.csv?unit=%d&unit_only=true", north), nil); strings.Count(string(part.body), "\n") != 1 {
		t.Errorf("got %.300s", part.body)
	}
	if part := c.do("GET", fmt.Sprintf("/devices.csv?unit=%d&q=gw-0007", acme), nil); strings.Count(string(part.body), "\n") != 2 {
		t.Errorf("got %.300s", part.body)
	}
}

func TestAnImportWithOneWrongRowChangesNothing(t *testing.T) {
	c := newCaller(t)
	c.Unit(c.Unit(fleet.Root, fleet.Channel, "A"), fleet.Customer, "Twice")
	c.Unit(c.Unit(fleet.Root, fleet.Channel, "B"), fleet.Customer, "Twice")
	c.Unit(fleet.Root, fleet.Customer, "Service")
	for body, want := range map[string]string{
		"":                                      "cannot import: cannot read the line of heads: there is nothing",
		"key\n":                                 "cannot import: there is no row below the heads",
		"name\nx\n":                             "cannot import: the column key is missing",
		"key,size\nx,1\n":                       `there is no column "size"`,
		"key,unit\ngood,1\nbad,Nowhere\n":       `cannot import: row 2: there is no unit "Nowhere"`,
		"key,unit\ngood,1\nbad,Twice\n":         `row 2: there is no unit "Twice"`,
		"key,unit\ngood,1\nbad,Service\n":       `row 2: several units are "Service"`,
		"key,kind\ngood,\nbad,toaster\n":        `row 2: the kind is gateway or thin_client, not "toaster"`,
		"key\ngood\n\"\"\n":                     "row 2: a device key has 1 to 200",
		"key,name\ngood,x\nbad,\"a\nb\"\n":      "row 2: the name of a device has 1 to 200 printable",
		"key\n" + strings.Repeat("x\n", 10_001): "there are more than 10000 rows",
		"key,name\ngood,x\nbad\n":               "row 2: it has 1 cells, the heads are 2",
	} {
		c.do("POST", "/devices/import", body).problem(422, "invalid", want)
	}
	var l items
	if c.do("GET", "/devices", nil).into(200, &l); len(l.Items) != 0 {
		t.Errorf("got %v", l.Items)
	}
	c.do("POST", "/devices/import", "key,unit\nx,A/Twice\ny,/B/Twice/\n").into(200, nil)
}

func TestAnImportThatNeverEndsIsCut(t *testing.T) {
	c := newCaller(t)
	big := "key,model\n" + strings.Repeat("gateway,"+strings.Repeat("m", 15_000)+"\n", 600)
	c.do("POST", "/devices/import", big).problem(422, "invalid", "cannot import more than 8 MiB at once")
}
