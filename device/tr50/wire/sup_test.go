package wire

import (
	"encoding/json"
	"testing"
	"time"
)

// These texts are the contract between server and agent of different versions.
func TestTheMessagesOfAnUpdateKeepTheirForm(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{SupUpdate{Name: "edge", File: "edge-1.2.sup", Global: true, Version: "1.2", SHA256: "ab", Size: 3, Timeout: 1200, Execution: "e1"},
			`{"name":"edge","file":"edge-1.2.sup","global":true,"version":"1.2","sha256":"ab","size":3,"timeout":1200,"execution":"e1"}`},
		{SupUpdate{Name: "edge", File: "edge-1.2.sup", Version: "1.2", SHA256: "ab", Size: 3, Execution: "e1", Variables: map[string]string{"port": "80", "channel": "beta"}},
			`{"name":"edge","file":"edge-1.2.sup","global":false,"version":"1.2","sha256":"ab","size":3,"execution":"e1","variables":{"channel":"beta","port":"80"}}`},
		{MailboxAck{ID: "5", ErrorCode: StatusExecutionError, ErrorMessage: "action 2 failed", Params: json.RawMessage(`{"result":"rolled_back","confirmation":{"a":1}}`)},
			`{"id":"5","errorCode":4,"errorMessage":"action 2 failed","params":{"result":"rolled_back","confirmation":{"a":1}}}`},
		{SupResult{Result: "refused"}, `{"result":"refused"}`},
		{SupResult{Result: "installed", Confirmation: json.RawMessage(`{"a":1}`)}, `{"result":"installed","confirmation":{"a":1}}`},
		{MailboxUpdate{ID: "5", Msg: Text(TransferStarted.Msg("3 bytes"))}, `{"id":"5","msg":"Transfer started: 3 bytes"}`},
		{Notify{SessionID: "x", ThingKey: "k"}, `{"sessionId":"x","thingKey":"k"}`},
		{NewDiagTime(time.UnixMilli(1700000000123)), `{"time":1700000000123}`},
	} {
		got, err := json.Marshal(c.value)
		if err != nil || string(got) != c.want {
			t.Errorf("got  %s, %v\nwant %s", got, err, c.want)
		}
	}
}
