package main_test

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/install/job"
)

// TestTheGuideNamesEveryWayInWhichDevicesDiffer holds the table and the
// examples of docs/operate.md to the configuration of the installer.
func TestTheGuideNamesEveryWayInWhichDevicesDiffer(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	table := ""
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| `") {
			table += strings.SplitN(line, "|", 3)[1]
		}
	}
	for field := range reflect.TypeFor[job.Configuration]().Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !strings.Contains(table, "`"+key+"`") {
			t.Errorf("the table lacks %s", key)
		}
	}
	examples := regexp.MustCompile("(?s)```json\n\"installer\": (.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(examples) != 2 {
		t.Errorf("%d examples of an installer, want 2", len(examples))
	}
	for _, e := range examples {
		decoder := json.NewDecoder(strings.NewReader(e[1]))
		decoder.DisallowUnknownFields()
		var c job.Configuration
		if err := decoder.Decode(&c); err != nil || len(c.ServiceCommand) != 3 {
			t.Errorf("the example gives %+v (%v)", c, err)
		}
	}
}
