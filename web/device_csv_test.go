package web_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web"
)

func TestAnExportHoldsTheFilteredDevicesAndNoFormula(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device("box-1", fleet.AttributeName, `=HYPERLINK("http://evil")`)
	w.device("@box-2", fleet.AttributeModel, "+1")
	w.waiting("box-3")
	b := w.open(web.Options{}).signedIn()
	a := b.get("/devices.csv?state=accepted")
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	if err != nil || len(rows) != 3 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
		t.Fatalf("got %v, %v, %s", rows, err, a.header.Get("Content-Type"))
	}
	if rows[1][1] != `'=HYPERLINK("http://evil")` || rows[2][0] != "'@box-2" || rows[2][5] != "'+1" || rows[1][3] != "Service" {
		t.Errorf("got %v", rows)
	}
	if a = b.post("/devices/import", url.Values{"text": {a.body}}); a.status != http.StatusSeeOther {
		t.Fatalf("an export is not imported: %d %s", a.status, a.body)
	}
	if list, err := w.Devices(t.Context(), w.admin, control.DeviceFilter{}, control.Page{Limit: 10}); err != nil || len(list) != 3 {
		t.Errorf("after the import there are %d devices, %v", len(list), err)
	}
}

func TestAnImportNamesTheWrongRowAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.organisation()
	b := w.open(web.Options{}).signedIn()
	for text, want := range map[string]string{
		"":                                     "The first line names the columns, of which one is key",
		"name\nx":                              "The first line names the columns, of which one is key",
		"key,unit\nbox-1,Rennes\nbox-2,Paris":  `Row 2: there is no unit &#34;Paris&#34;`,
		"key,kind\nbox-1,gateway\nbox-2,phone": "Row 2: the kind is gateway or thin_client",
		"key\nbox-1\n\"\"":                     "Row 2: a device key has 1 to",
	} {
		a := b.post("/devices/import", url.Values{"text": {text}})
		if a.status < 400 || !strings.Contains(strings.ToLower(a.body), strings.ToLower(want)) || text != "" && !a.has(strings.ReplaceAll(text, `"`, "&#34;")+"</textarea>") {
			t.Errorf("%q: got %d, without %q or what was typed", text, a.status, want)
		}
	}
	if list, err := w.Devices(t.Context(), w.admin, control.DeviceFilter{}, control.Page{Limit: 1}); err != nil || len(list) != 0 {
		t.Fatalf("a wrong import made %v, %v", list, err)
	}
	if a := b.post("/devices/import", url.Values{"text": {"key,name,unit\nbox-1,North gate,West / Rennes\n"}}); a.status != http.StatusSeeOther {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if a := b.get("/devices?unit=3"); !a.has("North gate") {
		t.Error("the device is not in its unit")
	}
}

func TestTheListIsFilteredByUnitGroupVersionAndLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rennes, lyon := w.organisation()
	one, two := w.keros("box-1"), w.device("box-2", fleet.AttributeVersion, "7")
	_, err := w.PlaceDevice(t.Context(), w.admin, one.ID, rennes.ID, "")
	w.must(err)
	g := w.group(rennes, "iStation", one)
	_ = two
	b := w.open(web.Options{}).signedIn()
	for query, want := range map[string]string{"unit=" + rennes.ID.String(): "box-1", "unit=" + lyon.ID.String(): "", "unit=1": "box-1 box-2", "group=" + g.ID.String(): "box-1",
		"version=7": "box-2", "version=6.1.2": "box-1", "link=tr50": "box-1 box-2", "link=ddi": "", "link=nonsense": "box-1 box-2"} {
		a := b.get("/devices?" + query)
		for _, key := range []string{"box-1", "box-2"} {
			if a.has(">"+key+"</a>") != strings.Contains(want, key) {
				t.Errorf("%s: %s is listed: %t", query, key, !strings.Contains(want, key))
			}
		}
	}
	if a := b.get("/devices"); !a.has(`<a href="/groups/` + g.ID.String() + `">iStation</a>`) {
		t.Error("the list does not show the groups")
	}
}
