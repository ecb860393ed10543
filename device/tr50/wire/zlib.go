package wire

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"sync"
)

// Inflate reads the payload of apiz and replyz. It stops beyond limit bytes.
func Inflate(data []byte, limit int) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("cannot decompress the message: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("cannot decompress the message: %w", err)
	}
	if len(out) > limit {
		return nil, fmt.Errorf("cannot decompress the message: it has more than %d bytes", limit)
	}
	return out, nil
}

// A writer holds some 800 KiB, so they are kept.
var deflaters = sync.Pool{New: func() any { return zlib.NewWriter(io.Discard) }}

// Deflate makes the payload of apiz and replyz.
func Deflate(data []byte) []byte {
	var buf bytes.Buffer
	w := deflaters.Get().(*zlib.Writer)
	defer deflaters.Put(w)
	w.Reset(&buf)
	// Writing into a buffer cannot fail.
	_, _ = w.Write(data)
	_ = w.Close()
	return buf.Bytes()
}
