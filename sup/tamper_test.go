package sup_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sluicehq/sluice/sup"
)

// One bit of each byte is enough under the race detector, which has nothing
// to find here and makes a signature twenty times as slow.
func TestEveryFlippedBitIsRefused(t *testing.T) {
	t.Parallel()
	pkg := build(t, testManifest(), testFiles(), 1)
	for at := range pkg {
		for bit := range 8 {
			if raceDetector && bit != at%8 {
				continue
			}
			pkg[at] ^= 1 << bit
			if _, err := sup.Verify(bytes.NewReader(pkg), trust(1, 1)); err == nil {
				t.Errorf("bit %d of byte %d (%q) can be flipped", bit, at, pkg[at])
			}
			pkg[at] ^= 1 << bit
		}
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	t.Parallel()
	pkg := build(t, testManifest(), testFiles(), 1)
	for n := range pkg {
		if raceDetector && n%8 != 0 {
			continue
		}
		_, err := sup.Verify(bytes.NewReader(pkg[:n]), trust(1, 1))
		if refusal := (*sup.Error)(nil); !errors.As(err, &refusal) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
}

func TestAFailingReaderIsNoFaultOfThePackage(t *testing.T) {
	t.Parallel()
	pkg, broken := build(t, testManifest(), testFiles(), 1), errors.New("disk on fire")
	for n := 0; n < len(pkg); n += 97 {
		r := io.MultiReader(bytes.NewReader(pkg[:n]), iotest.ErrReader(broken))
		_, err := sup.Verify(r, trust(1, 1))
		if refusal := (*sup.Error)(nil); !errors.Is(err, broken) || errors.As(err, &refusal) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

func TestDeepNestingIsRefused(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 300_000) + strings.Repeat("]", 300_000)
	got := outcome(forge(t, []byte(deep), 1).bytes(), trust(1, 1))
	if !strings.HasPrefix(got, "package refused: cannot read manifest: ") {
		t.Error(got)
	}
	value := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	got = outcome(edited(t, `"type":"service.restart","params":{"name":"tool"}`, `"type":"config.set","params":{"path":"/a.json","values":{"k":`+value+`}}`).bytes(), trust(1, 1))
	if got != "package refused: action 2 (config.set): values: k is nested deeper than 32" {
		t.Error(got)
	}
}

func TestTooManyMembersAreRefused(t *testing.T) {
	t.Parallel()
	m := testManifest()
	m.Format = sup.Format
	m.Members = make([]sup.Member, sup.MaxMembers+1)
	if err := m.Validate(); err == nil || err.Error() != "package refused: it lists 10001 members, more than the 10000 allowed" {
		t.Error(err)
	}
}

// An unsigned package is judged by strangers, so its size on the wire is all
// that it may cost.
func TestAHostileSizeCostsNoMemory(t *testing.T) {
	f := edited(t, `"size":20`, `"size":8589934591`)
	f.members[0].header = plainHeader("bin/tool", 1<<33-1)
	pkg := f.bytes()
	if n := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			_ = outcome(pkg, trust(1, 1))
		}
	}).AllocedBytesPerOp(); n > 1<<18 {
		t.Errorf("%d bytes for a package of %d", n, len(pkg))
	}
}
