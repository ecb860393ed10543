package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// File is what was uploaded.
type File struct {
	ID        int64     `json:"id"`
	UnitID    int64     `json:"unit_id"`
	DeviceID  int64     `json:"device_id,omitempty"`
	Name      string    `json:"name"`
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"`
	CRC32     uint32    `json:"crc32"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
}

// Upload is UploadIn the first of the user's units in which that is allowed.
func (c *Client) Upload(ctx context.Context, name string, r io.Reader, size int64, progress func(sent int64)) (File, error) {
	return c.UploadIn(ctx, 0, name, r, size, progress)
}

// UploadIn streams r to the server under the name, into a unit; 0 leaves that
// to the server. size is the number of bytes, 0 where it is not known.
// progress, which may be nil, is told how many bytes went out so far. A file
// that the server stored otherwise than it was sent is an error.
func (c *Client) UploadIn(ctx context.Context, unit int64, name string, r io.Reader, size int64, progress func(sent int64)) (File, error) {
	query := url.Values{"name": {name}}
	if unit != 0 {
		query.Set("unit", strconv.FormatInt(unit, 10))
	}
	sum := sha256.New()
	body := &counter{from: io.TeeReader(r, sum), progress: progress}
	var f File
	err := c.do(ctx, request{method: http.MethodPost, path: "/files", query: query,
		header: http.Header{"Content-Type": {"application/octet-stream"}}, body: body, size: size}, &f)
	if err != nil {
		return f, err
	}
	if sent := hex.EncodeToString(sum.Sum(nil)); f.SHA256 != sent {
		return f, fmt.Errorf("cannot upload %s: the server has SHA-256 %s, sent was %s", name, f.SHA256, sent)
	}
	return f, nil
}

// counter tells how far a transfer is.
type counter struct {
	from     io.Reader
	n        int64
	progress func(int64)
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	if c.progress != nil && n > 0 {
		c.progress(c.n)
	}
	return n, err
}

// Files lists the organisation's files, newest first.
func (c *Client) Files(ctx context.Context) iter.Seq2[File, error] {
	return all[File](ctx, c, "/files", nil)
}

// RemoveFile deletes a file, and the older ones of its name. One that a release
// is made of is a Conflict.
func (c *Client) RemoveFile(ctx context.Context, id int64) error {
	return c.send(ctx, http.MethodDelete, path("files", id, ""), nil, nil)
}

// Content is a file's bytes on their way. The caller closes it.
type Content struct {
	io.ReadCloser
	Name   string // as it was uploaded; from outside, so never a path
	SHA256 string // of the whole file, hexadecimal
	Size   int64  // of what is left to come, -1 where it is not known
}

// Content opens a file's bytes from offset on, as an attempt that broke off
// wants them.
func (c *Client) Content(ctx context.Context, id, offset int64) (*Content, error) {
	header := http.Header{}
	if offset > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	res, err := c.open(ctx, request{method: http.MethodGet, path: path("files", id, "/content"), header: header})
	if err != nil {
		return nil, err
	}
	if offset > 0 && res.StatusCode != http.StatusPartialContent {
		res.Body.Close()
		return nil, fmt.Errorf("cannot read file %d from byte %d: the server answered %s", id, offset, res.Status)
	}
	_, params, _ := mime.ParseMediaType(res.Header.Get("Content-Disposition")) // without one there is no name
	return &Content{ReadCloser: res.Body, Name: params["filename"], SHA256: strings.Trim(res.Header.Get("ETag"), `"`), Size: res.ContentLength}, nil
}
