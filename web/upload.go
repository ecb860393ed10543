package web

import (
	"io"
	"mime"

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
	defer v.r.MultipartForm.RemoveAll()
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
