package httpx

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/internal/clock"
)

// serve answers one request for path with h inside of Wrap.
func serve(t *testing.T, h http.HandlerFunc) (res *http.Response, body, log string, err error) {
	t.Helper()
	var text bytes.Buffer
	mux := http.NewServeMux()
	mux.HandleFunc("GET /some/{ticket}", h)
	server := httptest.NewServer(Wrap(mux, slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug})), clock.NewFake(time.Unix(0, 0)).Now))
	res, err = http.Get(server.URL + "/some/secret1?q=secret2")
	if err == nil {
		var b []byte
		b, err = io.ReadAll(res.Body)
		body = string(b)
		res.Body.Close()
	}
	server.Close() // waits for the handler, and so for its log line
	return res, body, text.String(), err
}

func TestARequestHasAnIDAndALogLineWithoutItsSecrets(t *testing.T) {
	t.Parallel()
	var inside string
	res, _, log, err := serve(t, func(w http.ResponseWriter, r *http.Request) {
		inside = RequestID(r.Context())
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte("short"))
	})
	if err != nil || inside == "" || res.Header.Get(RequestIDHeader) != inside {
		t.Errorf("got id %q, header %v, %v", inside, res.Header, err)
	}
	for _, part := range []string{"request_id=" + inside, "method=GET", `route="GET /some/{ticket}"`, "status=418", "bytes=5"} {
		if !strings.Contains(log, part) {
			t.Errorf("no %s in %s", part, log)
		}
	}
	if strings.Contains(log, "secret") {
		t.Errorf("a secret is logged: %s", log)
	}
}

func TestAPanicIsAnsweredAndLoggedWithItsCause(t *testing.T) {
	t.Parallel()
	res, body, log, err := serve(t, func(http.ResponseWriter, *http.Request) { panic("the cause") })
	if err != nil || res.StatusCode != 500 || !strings.Contains(body, `"detail":"internal error"`) || strings.Contains(body, "cause") {
		t.Errorf("got %v %s, %v", res, body, err)
	}
	if !strings.Contains(log, `cause="the cause"`) || !strings.Contains(log, "wrap_test.go") || !strings.Contains(log, "status=500") {
		t.Errorf("got %s", log)
	}
}

func TestAPanicInTheMiddleOfAnAnswerCutsItOff(t *testing.T) {
	t.Parallel()
	_, body, log, err := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half"))
		_ = http.NewResponseController(w).Flush()
		panic("the cause")
	})
	if err == nil {
		t.Errorf("got %q as if it were whole", body)
	}
	if !strings.Contains(log, "the cause") {
		t.Errorf("got %s", log)
	}
}

func TestAnAnswerThatIsGivenUpIsNoDefect(t *testing.T) {
	t.Parallel()
	_, _, log, err := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if err == nil || strings.Contains(log, "internal error") {
		t.Errorf("got %v, %s", err, log)
	}
}

// gone is a client that does not read.
type gone struct{ *httptest.ResponseRecorder }

func (gone) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestAClientThatWentAwayIsNoDefect(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if _, err := w.Write([]byte("x")); err != nil {
			panic(err)
		}
	}), slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), clock.NewFake(time.Unix(0, 0)).Now)
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler || strings.Contains(log.String(), "internal error") {
			t.Errorf("got %v, %s", cause, log.String())
		}
	}()
	h.ServeHTTP(gone{httptest.NewRecorder()}, httptest.NewRequest("GET", "/", nil))
}

func TestTheConnectionCanBeReachedThroughTheRecorder(t *testing.T) {
	t.Parallel()
	var failed error
	_, body, log, err := serve(t, func(w http.ResponseWriter, r *http.Request) {
		patient, done := PatientWriter(w)
		defer done()
		_, readErr := io.ReadAll(r.Body)
		failed = errors.Join(readErr, http.NewResponseController(w).SetWriteDeadline(time.Time{}))
		_, copyErr := io.Copy(w, struct{ io.Reader }{strings.NewReader("copied ")}) // by ReadFrom
		_, writeErr := patient.Write([]byte("written"))
		failed = errors.Join(failed, copyErr, writeErr)
	})
	if err != nil || failed != nil || body != "copied written" || !strings.Contains(log, "bytes=14") {
		t.Errorf("got %q, %v, %v: %s", body, err, failed, log)
	}
}

// deadlines is a response writer that notes them.
type deadlines struct {
	*httptest.ResponseRecorder
	read, write []time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error  { d.read = append(d.read, at); return nil }
func (d *deadlines) SetWriteDeadline(at time.Time) error { d.write = append(d.write, at); return nil }

func TestADeadlineFollowsATransferAndGoesWithIt(t *testing.T) {
	t.Parallel()
	w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, r.Body, make([]byte, 5)); err != nil {
			t.Error(err)
		}
	}), slog.New(slog.DiscardHandler), clock.NewFake(time.Unix(0, 0)).Now).ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader("0123456789")))
	patient, done := PatientWriter(w)
	_, _ = patient.Write([]byte("x"))
	_, _ = patient.Write([]byte("y"))
	done()
	for name, set := range map[string][]time.Time{"read": w.read, "write": w.write} {
		if len(set) < 3 || set[0].IsZero() || set[1].IsZero() || !set[len(set)-1].IsZero() {
			t.Errorf("%s deadlines were %v", name, set)
		}
	}
}
