package tr50

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// events is every event that the engine knows.
func events() []fleet.Event {
	var all []fleet.Event
	for _, m := range fleet.ExecutionTable {
		if !slices.Contains(all, m.On) {
			all = append(all, m.On)
		}
	}
	return all
}

// No word of a device moves an execution that has ended, or begins one that
// was not sent.
func TestEveryWordMovesOnlyWhatTheDeviceWasHanded(t *testing.T) {
	t.Parallel()
	words := map[string]fleet.Event{}
	for word := range progressEvents {
		event, _ := progress(word)
		words["update "+word] = event
	}
	for _, code := range append(slices.Collect(maps.Keys(statusWords)), wire.StatusSuccess, -1, 99) {
		for _, result := range append(slices.Collect(maps.Keys(resultEvents)), "", "another") {
			v := verdict(fleet.Answer{ErrorCode: int(code), Params: json.RawMessage(`{"result":"` + result + `"}`)})
			words["ack "+quoted(code)+" "+result] = v.Event
			if code != 0 && v.Detail == "" {
				t.Errorf("code %d has no word", code)
			}
			if code > 1 && (v.Event == fleet.Succeed || v.Event == fleet.Deliver) {
				t.Errorf("code %d with the result %q is a success", code, result)
			}
		}
	}
	known := events()
	for word, event := range words {
		if !slices.Contains(known, event) {
			t.Errorf("%s means %q, which the table does not know", word, event)
		}
		for _, state := range fleet.States() {
			next, err := state.Next(event)
			switch {
			case err == nil && state.Final():
				t.Errorf("%s moves %s to %s", word, state, next)
			case err == nil && (state == fleet.Scheduled || state == fleet.Pending) && event != fleet.Refuse && event != fleet.Skip:
				t.Errorf("%s moves what was not sent to %s", word, next)
			}
		}
		if next, err := fleet.Sent.Next(event); err != nil {
			t.Errorf("%s is not legal for what was just sent: %v", word, err)
		} else if next == fleet.Pending {
			t.Errorf("%s puts the execution back", word)
		}
	}
}

func TestAWordForPeopleMovesNothing(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"", "Invoked", "Install Successful", "Pre-Install Failed", "Update Failed", "half of it: 50%"} {
		if event, detail := progress(word); event != "" || detail != word {
			t.Errorf("%q means %s with %q", word, event, detail)
		}
	}
}

func TestTheDetailOfProgressIsKept(t *testing.T) {
	t.Parallel()
	if event, detail := progress("Transfer started: from byte 749568"); event != fleet.StartTransfer || detail != "from byte 749568" {
		t.Errorf("got %s with %q", event, detail)
	}
}
