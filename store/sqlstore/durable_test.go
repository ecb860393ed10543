package sqlstore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/internal/testpg"
	"github.com/sluicehq/sluice/store/sqlstore"
)

// writerURL names the database in a process that only writes, and is killed.
const writerURL = "SLUICE_TEST_WRITER_URL"

// writeUntilKilled writes settings from many goroutines and prints the name
// of each one that was acknowledged.
func writeUntilKilled(url string) error {
	ctx := context.Background()
	s, err := sqlstore.Open(ctx, url, sqlstore.Options{})
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	var out sync.Mutex
	for k := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("%d-%d", k, i)
				err := s.Write(ctx, func(ctx context.Context, tx control.Tx) error { return tx.SetSetting(ctx, name, []byte(name)) })
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				out.Lock()
				fmt.Println(name)
				out.Unlock()
			}
		})
	}
	wg.Wait()
	return nil
}

func TestWhatWasAcknowledgedOutlivesAKill(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "a.db"), "postgres": testpg.URL(t),
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), writerURL+"="+url)
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var acknowledged []string
			lines := bufio.NewScanner(out)
			for lines.Scan() {
				acknowledged = append(acknowledged, lines.Text())
				if len(acknowledged) == 300 {
					if err := cmd.Process.Kill(); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") || len(acknowledged) < 300 {
				t.Fatalf("it wrote %d and ended with %v", len(acknowledged), err)
			}
			s := open(t, url)
			for _, name := range acknowledged {
				if got, err := s.Setting(t.Context(), name); err != nil || string(got) != name {
					t.Fatalf("%s was acknowledged: got %q, %v", name, got, err)
				}
			}
		})
	}
}
