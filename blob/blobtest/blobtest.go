package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Opened is an empty store to test.
type Opened struct {
	Blobs  control.Blobs
	Reopen func() control.Blobs // what a restarted server opens
	Count  func() int           // everything that takes room, leftovers included
}

// Run runs the suite. open gives an empty store, which the test's end closes.
func Run(t *testing.T, open func(t *testing.T) Opened) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, o Opened)
	}{
		{"content is read back, also after a restart", readBack},
		{"the limit is the last length that is taken", limit},
		{"the same content at once is stored once", concurrent},
		{"a sender that fails leaves nothing and is named", senderFails},
		{"a cancelled put leaves nothing", cancelled},
		{"what a check refuses is not kept, and what was kept before stays", checked},
		{"what is no content is not found", notFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open(t))
		})
	}
}

// infoOf is what Put must say of the content.
func infoOf(content []byte) control.BlobInfo {
	sum := sha256.Sum256(content)
	return control.BlobInfo{SHA256: hex.EncodeToString(sum[:]), CRC32: crc32.ChecksumIEEE(content), Size: int64(len(content))}
}

func put(t *testing.T, b control.Blobs, content []byte, limit int64) {
	t.Helper()
	info, err := b.Put(t.Context(), iotest.HalfReader(bytes.NewReader(content)), limit, nil)
	if err != nil || info != infoOf(content) {
		t.Fatalf("got %+v, %v; want %+v", info, err, infoOf(content))
	}
}

func count(t *testing.T, o Opened, want int) {
	t.Helper()
	if got := o.Count(); got != want {
		t.Errorf("%d files are there, want %d", got, want)
	}
}

func readBack(t *testing.T, o Opened) {
	contents := [][]byte{nil, []byte("x"), bytes.Repeat([]byte("0123456789"), 100_000)}
	for _, content := range contents {
		put(t, o.Blobs, content, 10<<20)
		put(t, o.Blobs, content, 10<<20)
	}
	count(t, o, len(contents))
	for _, content := range contents {
		blob, err := o.Reopen().Open(t.Context(), infoOf(content).SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(blob, content); err != nil {
			t.Error(err)
		}
		if err := blob.Close(); err != nil {
			t.Error(err)
		}
	}
}

func limit(t *testing.T, o Opened) {
	content := []byte("0123456789")
	for _, short := range []int64{0, 9} {
		_, err := o.Blobs.Put(t.Context(), bytes.NewReader(content), short, nil)
		if fleet.CodeOf(err) != fleet.Invalid {
			t.Errorf("limit %d: got %v", short, err)
		}
	}
	count(t, o, 0)
	put(t, o.Blobs, content, 10)
	put(t, o.Blobs, nil, 0)
	count(t, o, 2)
}

func concurrent(t *testing.T, o Opened) {
	content := []byte(strings.Repeat("the same ", 10_000))
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			info, err := o.Blobs.Put(t.Context(), bytes.NewReader(content), 1<<20, nil)
			if err != nil || info != infoOf(content) {
				t.Errorf("got %+v, %v", info, err)
				return
			}
			blob, err := o.Blobs.Open(t.Context(), info.SHA256)
			if err != nil {
				t.Error(err)
				return
			}
			got, err := io.ReadAll(blob)
			if err = errors.Join(err, blob.Close()); err != nil || !bytes.Equal(got, content) {
				t.Errorf("read %d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	count(t, o, 1)
}

func senderFails(t *testing.T, o Opened) {
	broken := errors.New("the line broke")
	for _, before := range []string{"", "half"} {
		_, err := o.Blobs.Put(t.Context(), io.MultiReader(strings.NewReader(before), iotest.ErrReader(broken)), 4, nil)
		if !errors.Is(err, broken) {
			t.Errorf("after %q: got %v", before, err)
		}
	}
	count(t, o, 0)
}

func cancelled(t *testing.T, o Opened) {
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	go func() {
		_, _ = w.Write([]byte("begun")) // the reader gives up
		cancel()
		_ = w.Close()
	}()
	if _, err := o.Blobs.Put(ctx, r, 100, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	count(t, o, 0)
}

func checked(t *testing.T, o Opened) {
	content := []byte("what arrived")
	unwanted := errors.New("this is not what was announced")
	refuse := func(info control.BlobInfo, r io.ReadSeeker) error {
		got, err := io.ReadAll(r)
		if err != nil || info != infoOf(content) || !bytes.Equal(got, content) {
			t.Errorf("the check sees %+v, %q, %v", info, got, err)
		}
		return unwanted
	}
	for _, kept := range []int{0, 1} {
		if _, err := o.Blobs.Put(t.Context(), bytes.NewReader(content), 100, refuse); !errors.Is(err, unwanted) {
			t.Errorf("got %v", err)
		}
		count(t, o, kept)
		put(t, o.Blobs, content, 100)
	}
}

func notFound(t *testing.T, o Opened) {
	put(t, o.Blobs, []byte("x"), 10)
	sum := infoOf([]byte("x")).SHA256
	for _, name := range []string{
		"", "..", "../../etc/passwd", sum[:63], sum + "0", strings.ToUpper(sum), infoOf([]byte("y")).SHA256, strings.Repeat("/", 64),
	} {
		if _, err := o.Blobs.Open(t.Context(), name); fleet.CodeOf(err) != fleet.NotFound {
			t.Errorf("%q: got %v", name, err)
		}
	}
}
