package httpx

import (
	"io"
	"net/http"
	"time"

	"github.com/sluicehq/sluice/internal/clock"
)

// Patience is how long a transfer may stand still. A long one goes on for as
// long as bytes move, whatever time-outs the server has for whole requests.
const Patience = time.Minute

// patientBody is the body of r, whose every read may take Patience. Deadlines
// of a connection are the machine's time.
func patientBody(w http.ResponseWriter, r *http.Request) io.ReadCloser {
	return patientReader{r.Body, http.NewResponseController(w)}
}

type patientReader struct {
	io.ReadCloser
	conn *http.ResponseController
}

// Read takes the deadline away with the last byte. Left in place it would pass
// while the handler works, which net/http takes for a client that went away.
func (p patientReader) Read(b []byte) (int, error) {
	_ = p.conn.SetReadDeadline(clock.System().Add(Patience)) // a writer without a connection has no deadline
	n, err := p.ReadCloser.Read(b)
	if err != nil {
		_ = p.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

// PatientWriter is w, whose every write may take Patience. done is called
// after the last one, so that the connection's next request has no deadline.
func PatientWriter(w http.ResponseWriter) (patient http.ResponseWriter, done func()) {
	p := patientWriter{w, http.NewResponseController(w)}
	return p, func() { _ = p.conn.SetWriteDeadline(time.Time{}) }
}

type patientWriter struct {
	http.ResponseWriter
	conn *http.ResponseController
}

func (p patientWriter) Write(b []byte) (int, error) {
	_ = p.conn.SetWriteDeadline(clock.System().Add(Patience))
	return p.ResponseWriter.Write(b)
}

func (p patientWriter) Unwrap() http.ResponseWriter { return p.ResponseWriter }
