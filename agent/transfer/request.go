package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds what a server may ask for.
const maxRetryAfter = 10 * time.Minute

const bufferSize = 32 << 10

var errSlow = errors.New("the server sends too slowly")

// request asks for what is missing and takes what comes.
func (f *Fetch) request(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := f.watch(cancel)
	defer watch.stop()
	offset := f.Sink.Offset()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.ticket.URL, nil)
	if err != nil {
		return badAnswer{"the address of the file cannot be used"}
	}
	req.Header.Set("Accept-Encoding", "identity")
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
		if etag := f.Sink.ETag(); etag != "" {
			req.Header.Set("If-Range", etag)
		}
	}
	resp, err := f.Client.Do(req)
	if err != nil {
		return cause(ctx, err)
	}
	defer resp.Body.Close()
	if err := f.accept(resp, offset); err != nil {
		return err
	}
	return f.take(ctx, resp.Body, watch)
}

// accept decides by status and headers whether the body goes on at the offset,
// begins anew (the sink is reset), or is not what was asked for.
func (f *Fetch) accept(resp *http.Response, offset int64) error {
	switch code := resp.StatusCode; {
	case code == http.StatusPartialContent && offset > 0:
		if err := checkRange(resp.Header.Get("Content-Range"), offset, f.Size); err != nil {
			return errors.Join(badAnswer{err.Error()}, f.Sink.Reset())
		}
	case code == http.StatusOK:
		if offset > 0 {
			if err := f.reset(); err != nil {
				return err
			}
		}
		if resp.ContentLength >= 0 && resp.ContentLength != f.Size {
			return badAnswer{fmt.Sprintf("the server sends %d bytes instead of %d", resp.ContentLength, f.Size)}
		}
	case code == http.StatusRequestedRangeNotSatisfiable:
		return errors.Join(badAnswer{fmt.Sprintf("the server refuses the range from byte %d of %d", offset, f.Size)}, f.Sink.Reset())
	case code == http.StatusNotFound || code == http.StatusGone || code == http.StatusForbidden || code == http.StatusUnauthorized:
		return errTicketGone
	case code == http.StatusTooManyRequests || code >= 500:
		return busy{resp.Status, retryAfter(resp.Header.Get("Retry-After"))}
	default:
		return badAnswer{"the server answered " + resp.Status}
	}
	if enc := resp.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return badAnswer{fmt.Sprintf("the server sends the content as %q", enc)}
	}
	if f.Sink.Offset() == 0 {
		// A weak tag does not promise the same bytes (RFC 9110, 13.1.5).
		etag := resp.Header.Get("ETag")
		if strings.HasPrefix(etag, "W/") {
			etag = ""
		}
		if err := f.Sink.SetETag(etag); err != nil {
			return local(err)
		}
	}
	return nil
}

// checkRange holds "bytes 5-9/10" against what was asked for.
func checkRange(header string, offset, size int64) error {
	var first, last, total int64
	if n, err := fmt.Sscanf(header, "bytes %d-%d/%d", &first, &last, &total); err != nil || n != 3 {
		return fmt.Errorf("the server sends a part without saying which (Content-Range %q)", header)
	}
	if first != offset || last < first || last >= size || total != size {
		return fmt.Errorf("the server sends the part %q instead of the one from byte %d of %d", header, offset, size)
	}
	return nil
}

// take copies the body into the sink, never more than is missing.
func (f *Fetch) take(ctx context.Context, body io.Reader, watch *watch) error {
	buf := make([]byte, bufferSize)
	for {
		n, err := body.Read(buf)
		watch.bytes.Add(int64(n))
		if int64(n) > f.Size-f.Sink.Offset() {
			return errors.Join(badAnswer{fmt.Sprintf("the server sends more than %d bytes", f.Size)}, f.Sink.Reset())
		}
		if n > 0 {
			if _, err := f.Sink.Write(buf[:n]); err != nil {
				return local(err)
			}
		}
		if errors.Is(err, io.EOF) {
			if f.Sink.Offset() < f.Size {
				return io.ErrUnexpectedEOF
			}
			return nil
		}
		if err != nil {
			return cause(ctx, err)
		}
	}
}

// cause gives the reason that a request was cancelled for, where it was. No
// error repeats the address: it is a secret.
func cause(ctx context.Context, err error) error {
	if c := context.Cause(ctx); c != nil {
		return c
	}
	var withURL *url.Error
	if errors.As(err, &withURL) {
		return withURL.Err
	}
	return err
}

func retryAfter(header string) time.Duration {
	seconds, err := strconv.Atoi(header)
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(min(seconds, 1<<20))*time.Second, maxRetryAfter)
}
