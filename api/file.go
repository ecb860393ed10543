package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/httpx"
)

// File is what was uploaded.
type File struct {
	ID        fleet.FileID   `json:"id"`
	UnitID    fleet.UnitID   `json:"unit_id"`
	DeviceID  fleet.DeviceID `json:"device_id,omitempty" doc:"The device that uploaded it"`
	Name      string         `json:"name"`
	Size      int64          `json:"size" doc:"Bytes"`
	SHA256    string         `json:"sha256" doc:"Hexadecimal"`
	CRC32     uint32         `json:"crc32"`
	CreatedBy string         `json:"created_by"`
	CreatedAt time.Time      `json:"created_at"`
}

func fileOf(f fleet.File) File {
	return File{ID: f.ID, UnitID: f.UnitID, DeviceID: f.DeviceID, Name: f.Name, Size: f.Size, SHA256: f.SHA256, CRC32: f.CRC32,
		CreatedBy: f.CreatedBy, CreatedAt: f.CreatedAt}
}

// uploadInput takes the body as a stream; huma would hold it in memory.
type uploadInput struct {
	Name string       `query:"name" required:"true" minLength:"1" maxLength:"255"`
	Unit fleet.UnitID `query:"unit" minimum:"1" doc:"Where it hangs; default: the first of one's units in which one may upload"`
	body *upstream
}

// Resolve implements huma.Resolver.
func (in *uploadInput) Resolve(ctx huma.Context) []error {
	in.body = &upstream{from: ctx.BodyReader()}
	return nil
}

// upstream remembers that the client broke off, which is no fault of ours.
type upstream struct {
	from   io.Reader
	broken error
}

func (u *upstream) Read(p []byte) (int, error) {
	n, err := u.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		u.broken = err
	}
	return n, err
}

func (a *API) uploadFile(ctx context.Context, in *uploadInput) (*output[File], error) {
	f, err := a.control.UploadIn(ctx, actorOf(ctx), in.Unit, in.Name, in.body)
	if err != nil && in.body.broken != nil {
		err = fleet.Errorf(fleet.Invalid, "cannot store %s: the upload broke off", in.Name)
	}
	return answer(f, err, fileOf)
}

func (a *API) listFiles(ctx context.Context, in *Page) (*output[list[File]], error) {
	files, err := a.control.Files(ctx, actorOf(ctx), 0, in.control())
	return answerList(files, err, *in, fileOf, func(f fleet.File) int64 { return int64(f.ID) })
}

type fileInput struct {
	File fleet.FileID `path:"file" minimum:"1"`
}

func (a *API) deleteFile(ctx context.Context, in *fileInput) (*empty, error) {
	if err := a.control.DeleteFileByID(ctx, actorOf(ctx), in.File); err != nil {
		return nil, err
	}
	return noContent, nil
}

// fileContent serves the bytes. They never change, so the SHA-256 is their tag.
func (a *API) fileContent(ctx context.Context, in *fileInput) (*huma.StreamResponse, error) {
	f, blob, err := a.control.File(ctx, actorOf(ctx), in.File)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer blob.Close()
		r, w := humago.Unwrap(hctx)
		patient, done := httpx.PatientWriter(w)
		defer done()
		h := w.Header()
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
		h.Set("ETag", `"`+f.SHA256+`"`)
		http.ServeContent(patient, r, f.Name, f.CreatedAt, blob)
	}}, nil
}
