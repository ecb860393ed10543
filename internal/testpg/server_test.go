package testpg_test

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/sluicehq/sluice/internal/testpg"
)

// childEnv makes the test binary start a server, name its socket and wait to
// be killed.
const childEnv = "SLUICE_TEST_TESTPG_CHILD"

func TestTheServerDiesWithAKilledProcess(t *testing.T) {
	t.Parallel()
	if os.Getenv(childEnv) != "" {
		u, err := url.Parse(testpg.URL(t))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432"))
		select {}
	}
	if os.Getenv(testpg.Env) != "" {
		t.Skip("$" + testpg.Env + " names a server that is not ours to end")
	}
	testpg.URL(t) // skips where no server can be started
	cmd := exec.Command(os.Args[0], "-test.run=^TestTheServerDiesWithAKilledProcess$")
	cmd.Env = append(os.Environ(), childEnv+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	socket, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", socket[:len(socket)-1])
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	// The server's end closes the connection, whose log in no one waited for.
	if n, err := conn.Read(make([]byte, 1)); err == nil {
		t.Errorf("read %d bytes from a server that should be gone", n)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}
