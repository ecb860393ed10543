package agent_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/device/tr50/wire"
)

// half serves half of a file at the first request and then keeps the
// connection open until resume. It closes reached when the half is sent.
func half(w *world) (reached, resume chan struct{}) {
	reached, resume = make(chan struct{}), make(chan struct{})
	first := once()
	w.peer.Serve(func(rw http.ResponseWriter, r *http.Request, content []byte) bool {
		if !first() {
			return false
		}
		rw.Header().Set("Content-Length", strconv.Itoa(len(content)))
		_, _ = rw.Write(content[:len(content)/2])
		rw.(http.Flusher).Flush()
		close(reached)
		select {
		case <-resume:
		case <-r.Context().Done():
		}
		return true
	})
	return reached, resume
}

func (w *world) sendLimited(id string, pack []byte) {
	w.t.Helper()
	w.peer.AddFile("lorafwd.sup", pack)
	u := update("lorafwd", pack)
	u.Timeout = 1
	w.peer.Send(deviceKey, id, wire.MethodSupUpdate, u)
}

func TestALinkThatIsDownForLongerThanTheLimitDoesNotEndTheUpdate(t *testing.T) {
	w := newWorld(t)
	reached, _ := half(w)
	w.start()
	w.sendLimited("m1", w.pack("lorafwd", 300_000, nil))
	<-reached
	w.peer.Stop()
	// Each attempt follows a wait of at least 50 ms.
	w.poll(func() bool { return strings.Count(w.log.String(), "not connected") > 40 })
	w.peer.Start()
	w.succeeds("m1")
}

func TestATransferThatBringsNothingForItsLimitEnds(t *testing.T) {
	w := newWorld(t)
	reached, resume := half(w)
	defer close(resume)
	w.start()
	w.sendLimited("m1", w.pack("lorafwd", 300_000, nil))
	<-reached
	ack, result := w.result("m1")
	if ack.ErrorCode != wire.StatusTimedOut || result.Result != "failed" || !strings.Contains(string(ack.ErrorMessage), "brought nothing for 1 seconds, at byte ") {
		t.Errorf("the report is %d %q %s", ack.ErrorCode, ack.ErrorMessage, result.Result)
	}
}
