package agent_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicehq/sluice/agent"
	"github.com/sluicehq/sluice/agent/agenttest"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/sup"
)

func (w *world) file(pack []byte) string {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "local.sup")
	if err := os.WriteFile(path, pack, 0o644); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func TestAPackageIsAppliedWithoutTheServer(t *testing.T) {
	w := newWorld(t)
	w.peer.Stop()
	out, err := agentRun(t, "apply", "--data", string(w.layout), w.file(w.pack("lorafwd", 1000, nil)))
	if err != nil || !strings.Contains(out, "2/2 file.install") || !strings.Contains(out, "lorafwd 4.0.2: succeeded") {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(w.root, "opt/big")); err != nil {
		t.Error(err)
	}
	w.peer.Start()
	w.start()
	w.peer.Until("the lines of the log", func(p *agenttest.Peer) bool {
		return slices.Contains(p.Logs(), "sup lorafwd 4.0.2: succeeded")
	})
	w.send("m1", "next", w.pack("next", 10, nil))
	w.succeeds("m1")
	if acks := w.peer.Heard(wire.CommandMailboxAck); len(acks) != 1 {
		t.Errorf("%d final reports, want 1: a local package has none", len(acks))
	}
}

func TestALocalPackageOfAnotherKeyIsRefused(t *testing.T) {
	w := newWorld(t)
	other, err := sup.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	out, err := agentRun(t, "apply", "--data", string(w.layout), w.file(w.packBy(other, "lorafwd", 10, nil)))
	if err == nil || !strings.Contains(out, "signed by 0 trusted keys") || w.begun() != 0 {
		t.Errorf("%v: %s", err, out)
	}
	if left, err := os.ReadDir(w.layout.Jobs()); err != nil || len(left) != 0 {
		t.Errorf("%d job folders are left (%v)", len(left), err)
	}
}

func TestTheDiagnosticArchiveHoldsNoSecrets(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 10, nil))
	w.succeeds("m1")
	// A script that prints the token into a log does not get it out of the device.
	leak := filepath.Join(w.layout.Logs(), "leak.log")
	if err := os.WriteFile(leak, []byte("token is "+w.config.Token+" and "+w.config.AppID), 0o600); err != nil {
		t.Fatal(err)
	}
	w.peer.Send(deviceKey, "m2", agent.MethodDiagnostic, nil)
	w.peer.Until("the diagnostic", func(p *agenttest.Peer) bool { return len(p.Acks("m2")) == 1 })
	ack := w.peer.Acks("m2")[0]
	var said struct{ File string }
	if err := wire.Decode(ack.Params, &said); err != nil || ack.ErrorCode != 0 {
		t.Fatalf("%+v, %v", ack, err)
	}
	files := untar(t, w.peer.Upload(said.File))
	local := filepath.Join(t.TempDir(), "d.tar.gz")
	if out, err := agentRun(t, "diagnostic", "--data", string(w.layout), "-o", local); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(local)
	if err != nil {
		t.Fatal(err)
	}
	for from, files := range map[string]map[string]string{"uploaded": files, "written": untar(t, data)} {
		for name, content := range files {
			for _, secret := range []string{w.config.Token, w.config.AppID} {
				if strings.Contains(content, secret) {
					t.Errorf("%s: %s holds a secret", from, name)
				}
			}
		}
		for _, name := range []string{"configuration.json", "facts.json", "logs/agent.log", "logs/audit.log",
			"logs/confirmation.json", "jobs/m1/confirmation.json", "logs/leak.log"} {
			if files["diagnostic/"+name] == "" {
				t.Errorf("%s: %s is missing", from, name)
			}
		}
	}
}

func untar(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for r := tar.NewReader(unzipped); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = string(content)
	}
}

// jumping is a clock that shows another year at every look.
type jumping struct {
	mu     sync.Mutex
	random *rand.Rand
}

func (j *jumping) now() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return time.Unix(j.random.Int64N(4_000_000_000), 0)
}

func TestAClockThatJumpsChangesNothing(t *testing.T) {
	w := newWorld(t)
	clock := &jumping{random: rand.New(rand.NewPCG(1, 2))}
	r, err := agent.New(agent.Options{Layout: w.layout, Now: clock.now, Executable: program, Version: "test",
		Logger: slog.New(slog.NewTextHandler(&w.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { r.Run(ctx) })
	for _, id := range []string{"m1", "m2", "m3"} {
		w.send(id, "lorafwd-"+id, w.pack("lorafwd-"+id, 50_000, nil))
		w.succeeds(id)
	}
	cancel()
	wg.Wait()
	if _, err := agent.New(agent.Options{Layout: w.layout, Now: clock.now, Executable: program}); err == nil {
		t.Error("two agents run in one folder")
	}
}

func TestCutsInTheMiddleOfTheTransferAreResumedByTheAgent(t *testing.T) {
	w := newWorld(t)
	var mu sync.Mutex
	var asked []string
	cuts := []int{10_000, 150_000, 150_001, 299_999}
	w.peer.Serve(func(rw http.ResponseWriter, r *http.Request, content []byte) bool {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Header.Get("Range"))
		n := len(asked)
		if n > len(cuts) {
			return false
		}
		from := 0
		if n > 1 {
			from = cuts[n-2]
			rw.Header().Set("Content-Range", "bytes "+strconv.Itoa(from)+"-"+strconv.Itoa(len(content)-1)+"/"+strconv.Itoa(len(content)))
			rw.WriteHeader(http.StatusPartialContent)
		}
		_, _ = rw.Write(content[from:cuts[n-1]])
		rw.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 300_000, nil))
	w.succeeds("m1")
	mu.Lock()
	defer mu.Unlock()
	if want := []string{"", "bytes=10000-", "bytes=150000-", "bytes=150001-", "bytes=299999-"}; !slices.Equal(asked, want) {
		t.Errorf("the agent asked for %q, want %q", asked, want)
	}
}

func TestCorruptContentIsRefusedByTheAgent(t *testing.T) {
	w := newWorld(t)
	w.start()
	pack := w.pack("lorafwd", 1000, nil)
	u := update("lorafwd", pack)
	pack[len(pack)-2000] ^= 1
	w.peer.AddFile("lorafwd.sup", pack)
	w.peer.Send(deviceKey, "m1", wire.MethodSupUpdate, u)
	ack, result := w.result("m1")
	if result.Result != "failed" || ack.ErrorCode == 0 || !strings.Contains(string(ack.ErrorMessage), "corrupt") || w.begun() != 0 {
		t.Errorf("the report is %d %q %s", ack.ErrorCode, ack.ErrorMessage, result.Result)
	}
	w.reportedOnce("m1")
}
