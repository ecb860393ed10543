package web_test

import (
	"bytes"
	"mime/multipart"
	"testing"
)

// multipartOf is a form with one file, and its media type.
func multipartOf(t testing.TB, field, name string, content []byte) (*bytes.Buffer, string) {
	t.Helper()
	body := new(bytes.Buffer)
	parts := multipart.NewWriter(body)
	file, err := parts.CreateFormFile(field, name)
	if err == nil {
		_, err = file.Write(content)
	}
	if err == nil {
		err = parts.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return body, parts.FormDataContentType()
}
