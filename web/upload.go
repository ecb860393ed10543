package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"

	"github.com/sluicehq/sluice/fleet"
)

// upload reads the form and the file that came with it under the name, nil
// for none. A file of more than limit bytes is refused.
func (v *visit) upload(name string, limit int64) ([]byte, error) {
	kind, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		if err := v.r.ParseForm(); err != nil {
			return nil, formError(err)
		}
		return nil, nil
	}
	if err := v.r.ParseMultipartForm(maxForm); err != nil {
		return nil, formError(err)
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }()
	file, head, err := v.r.FormFile(name)
	if err != nil {
		return nil, nil // no file was chosen
	}
	defer file.Close()
	if head.Size > limit {
		return nil, fleet.Errorf(fleet.Invalid, "the file %q has %d bytes, the most are %d", head.Filename, head.Size, limit)
	}
	content, err := io.ReadAll(file)
	if err != nil {
		return nil, fleet.Errorf(fleet.Invalid, "cannot read the file %q: %v", head.Filename, err)
	}
	return content, nil
}

// incoming is a file while it comes in. It remembers that the reader broke
// off, which is no fault of ours.
type incoming struct {
	from   io.Reader
	broken error
}

func (in *incoming) Read(p []byte) (int, error) {
	n, err := in.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		in.broken = err
	}
	return n, err
}

// stream opens the file of a form that has it first, for one that is too
// large to be held. Whoever stores it bounds it.
func (v *visit) stream(name string) (string, *incoming, error) {
	_, kind, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if err != nil || kind["boundary"] == "" {
		return "", nil, fleet.Errorf(fleet.Invalid, "cannot read the form: it brings no file")
	}
	part, err := multipart.NewReader(v.body, kind["boundary"]).NextPart()
	if err != nil || part.FormName() != name {
		return "", nil, fleet.Errorf(fleet.Invalid, "cannot read the form: it brings no file")
	}
	if part.FileName() == "" {
		return "", nil, fleet.Errorf(fleet.Invalid, "choose a file")
	}
	return part.FileName(), &incoming{from: part}, nil
}
