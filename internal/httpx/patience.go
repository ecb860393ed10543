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

// PatientBody is the body of r, whose every read may take Patience. Deadlines
// of a connection are the machine's time.
func PatientBody(w http.ResponseWriter, r *http.Request) io.Reader {
	return &patientReader{http.NewResponseController(w), r.Body}
}

type patientReader struct {
	conn *http.ResponseController
	body io.Reader
}

// Read takes the deadline away with the last byte: what the handler does next
// may take its time, and the connection's next request begins without one.
func (p *patientReader) Read(b []byte) (int, error) {
	_ = p.conn.SetReadDeadline(clock.System().Add(Patience)) // a writer without a connection has no deadline
	n, err := p.body.Read(b)
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
