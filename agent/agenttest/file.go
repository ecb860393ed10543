package agenttest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sluicehq/sluice/device/tr50/wire"
)

const maxUpload = 64 << 20

func (p *Peer) newTicket(name string) string {
	id := fmt.Sprintf("ticket%d", len(p.tickets)+1)
	p.tickets[id] = name
	return id
}

// ticket answers file.get; p.mu is held.
func (p *Peer) ticket(h Heard) (any, *wire.Error) {
	var get wire.FileGet
	if err := wire.Decode(h.Params, &get); err != nil {
		return nil, &wire.Error{Code: wire.CodeBadParameter, Message: err.Error()}
	}
	content, ok := p.files[get.FileName]
	if !ok {
		return nil, &wire.Error{Code: wire.CodeNotFound, Message: "File " + get.FileName + " not found"}
	}
	sum := wire.CRC32(content)
	return wire.FileTicket{FileID: p.newTicket(get.FileName), FileSize: int64(len(content)), CRC32: &sum}, nil
}

// DropTickets makes every address that was given out unknown.
func (p *Peer) DropTickets() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id := range p.tickets {
		p.tickets[id] = ""
	}
}

func (p *Peer) file(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, "/file/")
	p.mu.Lock()
	name := p.tickets[id]
	content, serve := p.files[name], p.serve
	p.mu.Unlock()
	switch {
	case name == "":
		http.NotFound(w, r)
	case r.Method == http.MethodPost:
		body, err := io.ReadAll(io.LimitReader(r.Body, maxUpload))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		p.mu.Lock()
		p.uploads[name] = body
		p.note()
		p.mu.Unlock()
	case serve != nil && serve(w, r, content):
	default:
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(content)))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}
