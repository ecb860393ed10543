package tr50

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

func TestAMessageIsKeptAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sluice.db")
	w := newWorldOn(t, "sqlite:"+path)
	c := w.enrol("gw-1")
	c.ok("thing.bind", `{"key":"meter-1"}`)
	db, err := sql.Open("sqlite", path)
	w.must(err)
	defer db.Close()
	_, err = db.Exec(`CREATE TRIGGER broken BEFORE INSERT ON value_history WHEN NEW.key = 'bad'
		BEGIN SELECT RAISE(ABORT, 'the disk does not answer'); END`)
	w.must(err)
	var items []string
	for n := range maxContact { // the bad one is beyond what one contact holds
		items = append(items, fmt.Sprintf(`{"key":"k%d","value":1}`, n))
	}
	request := `{"1":{"command":"log.publish","params":{"msg":"hello"}},
		"2":{"command":"property.batch","params":{"data":[` + strings.Join(items, ",") + `]}},
		"3":{"command":"property.publish","params":{"thingKey":"meter-1","key":"bad","value":1}}}`
	for _, a := range c.ask("api/1", request).Answers {
		if a.Failure == nil || a.Failure.Code != wire.CodeUnavailable {
			t.Errorf("command %s: %v, want unavailable", a.ID, a.Failure)
		}
	}
	if lines, values := w.lines("gw-1"), w.values("gw-1", fleet.Property); len(lines) != 0 || len(values) != 0 {
		t.Errorf("%d lines and %d values of it were kept", len(lines), len(values))
	}
	_, err = db.Exec(`DROP TRIGGER broken`)
	w.must(err)
	for _, a := range c.ask("api/2", request).Answers {
		if a.Failure != nil {
			t.Errorf("command %s again: %v", a.ID, a.Failure)
		}
	}
	if lines, values := w.lines("gw-1"), w.values("gw-1", fleet.Property); len(lines) != 1 || len(values) != maxContact {
		t.Errorf("then %d lines and %d values are there", len(lines), len(values))
	}
	if v := w.values("meter-1", fleet.Property)["bad"]; v.Number != 1 {
		t.Errorf("the thing's value is %+v", v)
	}
}
