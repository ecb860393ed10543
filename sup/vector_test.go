package sup_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/sup"
)

var update = flag.Bool("update", false, "write the test vectors and the generated parts of SPEC.md anew")

// vector is a file of testdata/vectors: header lines "name: value", an empty
// line, the bytes of a package. SPEC.md section 11 describes it.
type vector struct {
	comment string
	trust   sup.Trust
	expect  string // good, or the sentence of the refusal
	pkg     []byte
}

func (v vector) marshal() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "comment: %s\n", v.comment)
	for _, k := range v.trust.Keys {
		fmt.Fprintf(&b, "key: %s", sup.MarshalPublicKey(k, ""))
	}
	fmt.Fprintf(&b, "threshold: %d\nexpect: %s\n\n", v.trust.Threshold, v.expect)
	return append(b.Bytes(), v.pkg...)
}

func parseVector(text []byte) (v vector, err error) {
	head, pkg, ok := bytes.Cut(text, []byte("\n\n"))
	if !ok {
		return v, errors.New("no empty line")
	}
	v.pkg = pkg
	for line := range strings.SplitSeq(string(head), "\n") {
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "comment":
			v.comment = value
		case "key":
			key, err := sup.ParsePublicKey([]byte(value))
			if err != nil {
				return v, err
			}
			v.trust.Keys = append(v.trust.Keys, key)
		case "threshold":
			if v.trust.Threshold, err = strconv.Atoi(value); err != nil {
				return v, err
			}
		case "expect":
			v.expect = value
		default:
			return v, fmt.Errorf("unknown line %q", line)
		}
	}
	return v, nil
}

func outcome(pkg []byte, trust sup.Trust) string {
	if _, err := sup.Verify(bytes.NewReader(pkg), trust); err != nil {
		return err.Error()
	}
	return "good"
}

func TestEveryVectorEndsAsItsHeaderSays(t *testing.T) {
	t.Parallel()
	made := vectors(t)
	if *update {
		writeVectors(t, made)
	}
	names, err := filepath.Glob("testdata/vectors/*.vector")
	if err != nil || len(names) != len(made) {
		t.Fatalf("%d files, %d vectors, %v; run with -update", len(names), len(made), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		v, err := parseVector(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := outcome(v.pkg, v.trust); got != v.expect {
			t.Errorf("%s (%s): got  %s\nwant %s", name, v.comment, got, v.expect)
		}
		want, ok := made[strings.TrimSuffix(filepath.Base(name), ".vector")]
		if !ok || !bytes.Equal(want.marshal(), text) {
			t.Errorf("%s is not what the program makes; run with -update", name)
		}
		checkUnpackAgrees(t, name, v)
	}
}

// checkUnpackAgrees unpacks a vector: the same answer as Verify gives, and
// after a refusal no file whose bytes were not vouched for.
func checkUnpackAgrees(t *testing.T, name string, v vector) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	m, err := sup.Unpack(bytes.NewReader(v.pkg), v.trust, root)
	if err != nil {
		if got := err.Error(); got != v.expect {
			t.Errorf("%s: Unpack says %s", name, got)
		}
	} else if v.expect != "good" || m == nil {
		t.Errorf("%s: Unpack took it", name)
	}
	if _, err := sup.ReadManifest(bytes.NewReader(v.pkg), v.trust); err != nil {
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: something was written before the signature was good", name)
		}
	}
}

func writeVectors(t *testing.T, made map[string]vector) {
	if err := os.RemoveAll("testdata/vectors"); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("testdata/vectors", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, v := range made {
		if err := os.WriteFile(filepath.Join("testdata/vectors", name+".vector"), v.marshal(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
