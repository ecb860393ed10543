package tr50

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/clock"
	"github.com/sluicehq/sluice/internal/httpx"
)

// ticket allows one file to be fetched or uploaded. Its id is the only
// credential of the transfer (TR50 1.9).
type ticket struct {
	upload bool
	device fleet.DeviceID // 0: a user's
	file   fleet.File     // the name alone, for an upload
	crc32  *uint32        // announced for an upload
}

// afterLast is how long a ticket lives after its last byte was written:
// written is not received: a client whose connection was cut meanwhile comes
// again with the same id and a Range.
const afterLast = 30 * time.Second

// download serves a file, whole or from any offset.
func (h *Handler) download(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	t, ok := h.tickets.use(id)
	if !ok || t.upload {
		http.Error(w, "this file id is unknown or over; ask for another with file.get", http.StatusNotFound)
		return
	}
	if _, ok := h.holder(w, r, t); !ok {
		return
	}
	blob, err := h.control.OpenBlob(r.Context(), t.file)
	if err != nil {
		h.log.Error("cannot serve a file", "file", t.file.Name, "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	defer blob.Close()
	header := w.Header()
	header.Set("Content-Type", "application/octet-stream")
	header.Set("ETag", `"`+t.file.SHA256+`"`)
	header.Set("X-Content-Type-Options", "nosniff")
	patient, done := httpx.PatientWriter(w)
	defer done()
	http.ServeContent(patient, r, "", time.Time{}, &progressReader{
		blob: blob,
		use:  func() { h.tickets.use(id) },
		end:  func() { h.tickets.shorten(id, afterLast) },
	})
}

// progressReader tells that a transfer goes on, and that it comes to its end.
type progressReader struct {
	blob io.ReadSeeker
	use  func()
	end  func()
	size int64
	pos  int64
}

func (p *progressReader) Seek(offset int64, whence int) (int64, error) {
	pos, err := p.blob.Seek(offset, whence)
	if whence == io.SeekEnd && offset == 0 && err == nil {
		p.size = pos
	}
	p.pos = pos
	return pos, err
}

func (p *progressReader) Read(b []byte) (int, error) {
	n, err := p.blob.Read(b)
	p.pos += int64(n)
	switch {
	case n == 0:
	case p.pos == p.size:
		p.end()
	default:
		p.use()
	}
	return n, err
}

// upload stores a file under the name that file.put announced. Its ticket is
// good for one try. The answer to success is exactly 200 (TR50 1.9).
func (h *Handler) upload(w http.ResponseWriter, r *http.Request) {
	t, ok := h.tickets.take(r.PathValue("id"), func(t ticket) bool { return t.upload })
	if !ok {
		http.Error(w, "this file id is unknown or over; ask for another with file.put", http.StatusNotFound)
		return
	}
	d, ok := h.holder(w, r, t)
	if !ok {
		return
	}
	body := &uploadReader{body: r.Body, w: http.NewResponseController(w)}
	_, err := h.control.PutDeviceFile(r.Context(), d, t.file.Name, t.crc32, body)
	if err != nil && body.err != nil {
		http.Error(w, "the upload broke off; ask for another file id with file.put", http.StatusBadRequest)
		return
	}
	switch fleet.CodeOf(err) {
	case "":
		w.WriteHeader(http.StatusOK)
	case fleet.Internal:
		h.log.Error("cannot store an upload", "thing_key", d.Key, "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
	case fleet.Unavailable:
		http.Error(w, fleet.Sentence(err), http.StatusServiceUnavailable)
	default:
		http.Error(w, fleet.Sentence(err), http.StatusBadRequest)
	}
}

// holder reads the device that was given the ticket, and answers where it may
// not use it any more.
func (h *Handler) holder(w http.ResponseWriter, r *http.Request, t ticket) (d fleet.Device, ok bool) {
	if t.device == 0 {
		return d, true
	}
	d, err := h.control.Self(t.device).Device(r.Context(), t.device)
	if err != nil {
		h.log.Error("cannot read the device of a file id", "device", t.device, "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return d, false
	}
	if why := d.Refusal(); why != "" {
		http.Error(w, why, http.StatusForbidden)
		return d, false
	}
	return d, true
}

// uploadReader bounds how long an upload may stand still, and remembers that
// it broke off.
type uploadReader struct {
	body io.Reader
	w    *http.ResponseController
	err  error
}

func (u *uploadReader) Read(b []byte) (int, error) {
	// A server without deadlines is the test's.
	_ = u.w.SetReadDeadline(clock.System().Add(httpx.Patience))
	n, err := u.body.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		u.err = err
	}
	return n, err
}
