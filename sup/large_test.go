package sup_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/sup"
)

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// largePackage is the good package whose last member is size zeros, ended by
// last, without a byte of it in memory.
func largePackage(t *testing.T, size int64, sum string, last byte) io.Reader {
	f := edited(t, fmt.Sprintf(`"size":512,"sha256":%q`, hexSum([]byte(strings.Repeat("n", 512)))), fmt.Sprintf(`"size":%d,"sha256":%q`, size, sum))
	f.members[2] = entry{header: plainHeader("notes.md", size)}
	pkg := f.bytes()
	body, end := pkg[:len(pkg)-1024], pkg[len(pkg)-1024:]
	return io.MultiReader(bytes.NewReader(body), io.LimitReader(zeros{}, size-1), bytes.NewReader([]byte{last}),
		bytes.NewReader(make([]byte, -size&511)), bytes.NewReader(end))
}

// RAUC CVE-2026-34155: a bundle of more than 2 GiB of which the signature
// covered the first bytes only.
func TestAMemberBeyondTwoAndFourGigabytesIsReadToItsLastByte(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("hashes 6 GiB of zeros, about ten seconds; run without -short")
	}
	const size31, sum31 = 1<<31 + 1, "b8030a8ab89280935633d8d991da3d9907c0f12e8b6fc3bfc515f4d440872b6e"
	if _, err := sup.Verify(largePackage(t, size31, sum31, 0), trust(1, 1)); err != nil {
		t.Error(err)
	}
	const size32, sum32 = 1<<32 + 1, "fbb82f7b353676bb562eb82157fcf0ea42c36492ca13ee56dbf82c08b6802c5c"
	_, err := sup.Verify(largePackage(t, size32, sum32, 1), trust(1, 1))
	if err == nil || !strings.HasPrefix(err.Error(), "package refused: member notes.md: its SHA-256 is ") {
		t.Errorf("the last byte was changed: %v", err)
	}
}
