package sup_test

import (
	"archive/tar"
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/sup"
)

// testKey is the same in every run, so that packages and vectors are too.
func testKey(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

func public(n byte) ed25519.PublicKey { return testKey(n).Public().(ed25519.PublicKey) }

func trust(threshold int, keys ...byte) sup.Trust {
	t := sup.Trust{Threshold: threshold}
	for _, n := range keys {
		t.Keys = append(t.Keys, public(n))
	}
	return t
}

func params(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func testManifest() sup.Manifest {
	return sup.Manifest{
		Name: "vector", Version: "1.2.0", ReleaseCounter: 7,
		Compatibility: compat.Requirement{Kinds: []string{"gateway"}, Versions: ">=1 <2"},
		Actions: []sup.Action{
			{Type: "file.install", Params: params(sup.FileInstall{Source: "bin/tool", Path: "/opt/tool", Mode: "0755"}), OnFailure: sup.Rollback},
			{Type: "service.restart", Params: params(sup.Service{Name: "tool"})},
		},
	}
}

func testFiles() fs.FS {
	return fstest.MapFS{
		"bin/tool": {Data: []byte("#!/bin/sh\necho tool\n")},
		"empty":    {Data: nil},
		"notes.md": {Data: bytes.Repeat([]byte("n"), 512)},
	}
}

func build(t testing.TB, m sup.Manifest, files fs.FS, key byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := sup.Build(&b, m, files, sup.NewSigner(testKey(key))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestABuiltPackageVerifiesAndUnpacks(t *testing.T) {
	t.Parallel()
	pkg := build(t, testManifest(), testFiles(), 1)
	if !bytes.Equal(pkg, build(t, testManifest(), testFiles(), 1)) {
		t.Error("the same input gave different bytes")
	}
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	m, err := sup.Unpack(bytes.NewReader(pkg), trust(1, 1), root)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Members) != 3 || m.ReleaseCounter != 7 || m.Format != sup.Format {
		t.Errorf("manifest: %+v", m)
	}
	for _, member := range m.Members {
		want, _ := fs.ReadFile(testFiles(), member.Path)
		got, err := os.ReadFile(filepath.Join(dir, member.Path))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %q, %v", member.Path, got, err)
		}
		info, err := os.Stat(filepath.Join(dir, member.Path))
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: mode %v, %v", member.Path, info.Mode(), err)
		}
	}
	if _, err := sup.Unpack(bytes.NewReader(pkg), trust(1, 1), root); !errors.Is(err, fs.ErrExist) {
		t.Errorf("unpacking over existing files: %v", err)
	}
}

func TestAnyTarProgramReadsAPackage(t *testing.T) {
	t.Parallel()
	r := tar.NewReader(bytes.NewReader(build(t, testManifest(), testFiles(), 1)))
	var names []string
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
	if got := strings.Join(names, " "); got != "manifest.dsse.json bin/tool empty notes.md" {
		t.Errorf("got %s", got)
	}
}
