package install

import (
	"archive/tar"
	"bytes"
	"testing"
)

// tarOf makes an archive of pairs of name and content, regular files of mode 0644.
func tarOf(t *testing.T, pairs ...string) string {
	t.Helper()
	var headers []tar.Header
	for i := 0; i < len(pairs); i += 2 {
		headers = append(headers, tar.Header{Name: pairs[i], Mode: 0o644, Typeflag: tar.TypeReg, Size: int64(len(pairs[i+1]))})
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := range headers {
		check(t, w.WriteHeader(&headers[i]))
		_, err := w.Write([]byte(pairs[2*i+1]))
		check(t, err)
	}
	check(t, w.Close())
	return b.String()
}
