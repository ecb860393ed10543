// Package testprogram writes programs that a test runs.
package testprogram

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Write makes a program, and the folders above it. Nothing is started by this
// process meanwhile: what starts inherits open files for a moment, and the
// kernel runs no program that is open for writing (ETXTBSY).
func Write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}
