package transfer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicehq/sluice/agent/backoff"
	"github.com/sluicehq/sluice/agent/transfer"
)

// content is what every test fetches.
var content = func() []byte {
	b := make([]byte, 200_000)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}()

const etag = `"v1"`

// good serves the content as a server should.
func good(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// whole sends everything, whatever was asked for.
func whole(w http.ResponseWriter, b []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	_, _ = w.Write(b)
}

// cutAt begins an answer as good would and ends the connection before byte n of
// the content.
func cutAt(w http.ResponseWriter, r *http.Request, n int) {
	from := 0
	if header := r.Header.Get("Range"); header != "" {
		fmt.Sscanf(header, "bytes=%d-", &from)
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
	}
	w.Header().Set("ETag", etag)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)-from))
	if from > 0 {
		w.WriteHeader(http.StatusPartialContent)
	}
	if n > from {
		_, _ = w.Write(content[from:n])
		w.(http.Flusher).Flush()
	}
	panic(http.ErrAbortHandler)
}

// script is a server whose nth answer is the nth step; after the last step it
// is good.
type script struct {
	steps    []func(w http.ResponseWriter, r *http.Request)
	requests []string // "METHOD Range If-Range" of each
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := len(s.requests)
	s.requests = append(s.requests, strings.TrimSpace(r.Header.Get("Range")+" "+r.Header.Get("If-Range")))
	if n < len(s.steps) {
		s.steps[n](w, r)
		return
	}
	good(w, r)
}

// fetch runs one transfer into a file against the script.
func fetch(t *testing.T, s *script, change func(*transfer.Fetch)) (got []byte, tickets int, err error) {
	t.Helper()
	server := httptest.NewServer(s)
	defer server.Close()
	path := filepath.Join(t.TempDir(), "part")
	sink, err := transfer.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	client := transfer.NewClient(nil)
	defer client.CloseIdleConnections()
	sum := crc32.ChecksumIEEE(content)
	f := &transfer.Fetch{Client: client, Size: int64(len(content)), SHA256: sha256.Sum256(content), Sink: sink,
		Backoff: backoff.Backoff{Base: time.Millisecond, Cap: 5 * time.Millisecond}}
	f.Ticket = func(context.Context) (transfer.Ticket, error) {
		tickets++
		return transfer.Ticket{URL: server.URL + "/file/" + strconv.Itoa(tickets), Size: f.Size, CRC32: &sum}, nil
	}
	if change != nil {
		change(f)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err = f.Run(ctx)
	if err == nil {
		if got, err = read(sink, path); err != nil {
			t.Fatal(err)
		}
	}
	return got, tickets, err
}

func read(sink *transfer.File, path string) ([]byte, error) {
	done := path + ".done"
	if err := sink.MoveTo(done); err != nil {
		return nil, err
	}
	return readFile(done)
}

func TestACutIsResumedAtEveryOffset(t *testing.T) {
	t.Parallel()
	for _, at := range []int{0, 1, 511, 32 << 10, 100_000, len(content) - 1} {
		s := &script{steps: []func(http.ResponseWriter, *http.Request){
			func(w http.ResponseWriter, r *http.Request) { cutAt(w, r, at) },
			func(w http.ResponseWriter, r *http.Request) { cutAt(w, r, (at+len(content))/2) },
		}}
		got, tickets, err := fetch(t, s, nil)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("cut at %d: %v", at, err)
		}
		want := fmt.Sprintf("bytes=%d- %s", (at+len(content))/2, etag)
		if last := s.requests[len(s.requests)-1]; last != want || tickets != 1 {
			t.Errorf("cut at %d: the last request is %q, want %q; %d tickets", at, last, want, tickets)
		}
	}
}

func TestAWholeAnswerToARangeStartsAnew(t *testing.T) {
	t.Parallel()
	s := &script{steps: []func(http.ResponseWriter, *http.Request){
		func(w http.ResponseWriter, r *http.Request) { cutAt(w, r, 70_000) },
		func(w http.ResponseWriter, _ *http.Request) { whole(w, content) },
	}}
	got, _, err := fetch(t, s, nil)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}

func TestWrongAnswersAreThrownAwayAndAskedAgain(t *testing.T) {
	t.Parallel()
	part := func(header string, from int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", header)
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(content[from:])
		}
	}
	status := func(code int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	total := len(content)
	for name, step := range map[string]func(http.ResponseWriter, *http.Request){
		"another part":     part(fmt.Sprintf("bytes 60000-%d/%d", total-1, total), 60_000),
		"another size":     part(fmt.Sprintf("bytes 70000-%d/%d", total, total+1), 70_000),
		"no Content-Range": part("", 70_000),
		"unreadable range": part("bytes 70000-", 70_000),
		"416":              status(http.StatusRequestedRangeNotSatisfiable),
		"204":              status(http.StatusNoContent),
		"304":              status(http.StatusNotModified),
		"a redirection":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
		"a captive portal": func(w http.ResponseWriter, _ *http.Request) { whole(w, []byte("<html>pay</html>")) },
		"503":              status(http.StatusServiceUnavailable),
		"a gone ticket":    status(http.StatusNotFound),
		"compressed content": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			whole(w, content)
		},
		"a longer part": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes 70000-%d/%d", total-1, total))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(content[70_000:])
			_, _ = w.Write([]byte("and more"))
		},
	} {
		s := &script{steps: []func(http.ResponseWriter, *http.Request){
			func(w http.ResponseWriter, r *http.Request) { cutAt(w, r, 70_000) }, step,
		}}
		got, _, err := fetch(t, s, nil)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %v", name, err)
		}
		if len(s.requests) != 3 {
			t.Errorf("%s: %d requests", name, len(s.requests))
		}
	}
}

func TestANewTicketIsAskedForWhenTheOldOneIsGone(t *testing.T) {
	t.Parallel()
	s := &script{steps: []func(http.ResponseWriter, *http.Request){
		func(w http.ResponseWriter, r *http.Request) { cutAt(w, r, 70_000) },
		func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) },
	}}
	_, tickets, err := fetch(t, s, nil)
	if err != nil || tickets != 2 || s.requests[2] != "bytes=70000- "+etag {
		t.Errorf("%d tickets, requests %q, %v", tickets, s.requests, err)
	}
}

func TestAnEndlessBodyIsCutAndGivenUp(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	endless := func(w http.ResponseWriter, _ *http.Request) {
		block := make([]byte, 64<<10)
		for {
			n, err := w.Write(block)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	}
	s := &script{}
	for range 20 {
		s.steps = append(s.steps, endless)
	}
	_, _, err := fetch(t, s, nil)
	wantContent(t, err, "more than 200000 bytes")
}

func TestCorruptContentIsRefusedAfterASecondTry(t *testing.T) {
	t.Parallel()
	corrupt := bytes.Clone(content)
	corrupt[150_000] ^= 1
	step := func(w http.ResponseWriter, _ *http.Request) { whole(w, corrupt) }
	s := &script{steps: []func(http.ResponseWriter, *http.Request){step, step, step}}
	_, _, err := fetch(t, s, nil)
	wantContent(t, err, "corrupt")
	if len(s.requests) != 2 {
		t.Errorf("%d requests", len(s.requests))
	}
	s = &script{steps: []func(http.ResponseWriter, *http.Request){step}}
	if got, _, err := fetch(t, s, nil); err != nil || !bytes.Equal(got, content) {
		t.Errorf("a second, good answer: %v", err)
	}
}

func TestAServerWithAnotherSizeOrCRCIsNotBelieved(t *testing.T) {
	t.Parallel()
	_, _, err := fetch(t, &script{}, func(f *transfer.Fetch) {
		inner := f.Ticket
		f.Ticket = func(ctx context.Context) (transfer.Ticket, error) {
			ticket, err := inner(ctx)
			ticket.Size++
			return ticket, err
		}
	})
	wantContent(t, err, "announced 200000")
	_, _, err = fetch(t, &script{}, func(f *transfer.Fetch) {
		inner := f.Ticket
		f.Ticket = func(ctx context.Context) (transfer.Ticket, error) {
			ticket, err := inner(ctx)
			*ticket.CRC32 = 7
			return ticket, err
		}
	})
	wantContent(t, err, "CRC-32")
}

func TestASlowServerIsGivenUpAndAskedAgain(t *testing.T) {
	t.Parallel()
	stalled := make(chan struct{})
	s := &script{steps: []func(http.ResponseWriter, *http.Request){
		func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(content)))
			w.Header().Set("ETag", etag)
			_, _ = w.Write(content[:50_000])
			w.(http.Flusher).Flush()
			<-r.Context().Done() // until the client has had enough
			close(stalled)
		},
	}}
	got, _, err := fetch(t, s, func(f *transfer.Fetch) { f.RateWindow = 300 * time.Millisecond })
	<-stalled
	if err != nil || !bytes.Equal(got, content) || s.requests[1] != "bytes=50000- "+etag {
		t.Errorf("requests %q, %v", s.requests, err)
	}
}

func TestErrorsDoNotRepeatTheAddress(t *testing.T) {
	t.Parallel()
	var notes []string
	ctx, cancel := context.WithCancel(t.Context())
	f := &transfer.Fetch{Client: transfer.NewClient(nil), Size: 1, Sink: transfer.NewHash(),
		Ticket: func(context.Context) (transfer.Ticket, error) {
			return transfer.Ticket{URL: "http://127.0.0.1:1/file/secret-ticket", Size: 1}, nil
		},
		Note: func(s string) { notes = append(notes, s); cancel() }}
	if err := f.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if len(notes) == 0 || strings.Contains(notes[0], "secret-ticket") {
		t.Errorf("notes: %q", notes)
	}
	if err := transfer.Send(t.Context(), f.Client, "http://127.0.0.1:1/file/secret-ticket", nil); err == nil || strings.Contains(err.Error(), "secret-ticket") {
		t.Errorf("got %v", err)
	}
}

func wantContent(t *testing.T, err error, words string) {
	t.Helper()
	var final *transfer.Error
	if !errors.As(err, &final) || final.Kind != transfer.Content || !strings.Contains(final.Reason, words) {
		t.Errorf("got %v, want an error of the content with %q", err, words)
	}
}
