package tr50

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

func TestAKeyTooManyIsRefusedAndTheUpdateIsOffered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	items := make([]string, fleet.MaxKeys)
	for i := range items {
		items[i] = fmt.Sprintf(`{"key":"k%d","value":%d}`, i, i)
	}
	c.ok("property.batch", `{"data":[`+strings.Join(items, ",")+`]}`)
	w.update(w.release("1.0.0", 1), "gw-1")
	failure := c.fails(wire.CodeConflict, "property.publish", `{"key":"one more","value":1}`)
	if !strings.Contains(failure.Message, `cannot keep the property "one more"`) {
		t.Errorf("got %v", failure)
	}
	w.expectState("gw-1", fleet.Sent)
	c.expectNotify()
	var v struct{ Value float64 }
	if err := json.Unmarshal(c.ok("property.current", `{"key":"k7"}`), &v); err != nil || v.Value != 7 {
		t.Errorf("got %v, %v", v, err)
	}
}
