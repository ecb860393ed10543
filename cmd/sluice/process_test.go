package main_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/sluicehq/sluice/client"
)

// program builds cmd/sluice once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := tempDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "sluice")
	out, err := exec.Command("go", "build", "-o", path, "github.com/sluicehq/sluice/cmd/sluice").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("cannot build: %v\n%s", err, out)
	}
	return path, nil
})

// serverProcess is "sluice server" as a process that a test may kill.
type serverProcess struct {
	t        *testing.T
	args     []string
	process  *exec.Cmd
	data     string
	url      string
	mqtt     string
	password string // of the first start
}

// newServer starts a server on free ports, which it keeps over restarts.
func newServer(t *testing.T, args ...string) *serverProcess {
	t.Helper()
	s := &serverProcess{t: t, data: t.TempDir(), url: freeAddress(t), mqtt: freeAddress(t)}
	s.args = append([]string{"server", "--data", s.data, "--listen", s.url, "--mqtt", s.mqtt}, args...)
	s.start()
	t.Cleanup(s.kill)
	return s
}

// start waits until the server has said where it is, which is after it listens.
func (s *serverProcess) start() {
	s.t.Helper()
	path, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	s.process = exec.Command(path, s.args...)
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := s.process.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	var errs strings.Builder
	s.process.Stderr = &errs
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		word, rest, _ := strings.Cut(lines.Text(), " ")
		if word == "password" {
			s.password = strings.Fields(rest)[0]
		}
		if word == "signing" && s.password != "" || word == "password" {
			return
		}
	}
	_ = s.process.Wait()
	s.t.Fatalf("the server ended:\n%s%s", said.String(), errs.String())
}

// kill is kill -9.
func (s *serverProcess) kill() {
	if s.process != nil {
		_ = s.process.Process.Kill()
		_ = s.process.Wait()
		s.process = nil
	}
}

// signIn is the administrator's client.
func (s *serverProcess) signIn(ctx context.Context) *client.Client {
	s.t.Helper()
	c, err := client.New("http://"+s.url, "")
	if err != nil {
		s.t.Fatal(err)
	}
	session, err := c.SignIn(ctx, "admin", s.password)
	if err != nil {
		s.t.Fatal(err)
	}
	c, err = client.New("http://"+s.url, session.Token)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
