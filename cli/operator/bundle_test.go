package operator

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestAFolderIsPackedTheSameWhereverItLies(t *testing.T) {
	t.Parallel()
	var packed [2]bytes.Buffer
	for i := range packed {
		at := time.Unix(int64(1e9*(i+1)), 0)
		files := fstest.MapFS{"b/two": {Data: []byte("2"), ModTime: at, Mode: fs.FileMode(0o600 + i)}, "a": {Data: []byte("1"), ModTime: at},
			".git/config": {Data: []byte("x"), ModTime: at}, "b/.swp": {Data: []byte("x")}}
		if err := zipFolder(&packed[i], files); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(packed[0].Bytes(), packed[1].Bytes()) {
		t.Error("the same files are packed differently")
	}
	r, err := zip.NewReader(bytes.NewReader(packed[0].Bytes()), int64(packed[0].Len()))
	if err != nil || len(r.File) != 2 || r.File[0].Name != "a" || r.File[1].Name != "b/two" {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestAFolderThatIsNoBundleIsNotPacked(t *testing.T) {
	t.Parallel()
	many := fstest.MapFS{}
	for i := range maxBundleFiles + 1 {
		many[strings.Repeat("x", 1+i%100)+"/"+strings.Repeat("y", 1+i/100)] = &fstest.MapFile{}
	}
	for want, files := range map[string]fstest.MapFS{
		"a is no regular file":     {"a": {Mode: fs.ModeSymlink}},
		"more than the 1000 files": many,
		"more than the 33554432":   {"a": {Data: make([]byte, maxBundle)}, "b": {Data: []byte("1")}},
	} {
		if err := zipFolder(new(bytes.Buffer), files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
