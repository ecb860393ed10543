package api_test

import (
	"fmt"
	"testing"
)

// TestACatalogueHoldsWhatWasPutIntoIt and commands take from it alone.
func TestACatalogueHoldsWhatWasPutIntoIt(t *testing.T) {
	c := newCaller(t)
	c.Device("gw", "m")
	r := c.Release("hello", "1", "m")
	c.Release("other", "1", "m")
	command := object{"type": "predefined", "release_id": r.ID, "audience": object{"devices": []string{"gw"}}}
	c.do("POST", "/updates", command).problem(422, "invalid", "hello 1 is no pre-defined update")
	var shown object
	c.do("POST", fmt.Sprintf("/releases/%d/predefined", r.ID), object{"predefined": true}).into(200, &shown)
	for query, want := range map[string]int{"": 2, "?predefined=true": 1, "?name=other": 1, "?name=other&predefined=true": 0} {
		var l items
		c.do("GET", "/releases"+query, nil).into(200, &l)
		if len(l.Items) != want {
			t.Errorf("%s: got %d, want %d", query, len(l.Items), want)
		}
	}
	c.do("POST", "/updates", command).into(201, nil)
	c.do("POST", fmt.Sprintf("/releases/%d/predefined", r.ID), object{"predefined": false}).into(200, &shown)
	c.do("POST", "/updates", command).problem(422, "invalid", "is no pre-defined update")
}
