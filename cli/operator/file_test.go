package operator

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func TestAServerCannotChooseWhereADownloadGoes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "here")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	good := sha256.Sum256([]byte("content"))
	for _, row := range []struct{ name, tag, want string }{
		{`../evil`, hex.EncodeToString(good[:]), `cannot write a file of the name "../evil"`},
		{`/tmp/evil`, hex.EncodeToString(good[:]), `cannot write a file of the name`},
		{`a\\b`, hex.EncodeToString(good[:]), `cannot write a file of the name`},
		{``, hex.EncodeToString(good[:]), `cannot write a file of the name ""`},
		{`changed`, strings.Repeat("0", 64), `the server announced 0000`},
		{`good`, hex.EncodeToString(good[:]), ``},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Disposition", `attachment; filename="`+row.name+`"`)
			w.Header().Set("ETag", `"`+row.tag+`"`)
			_, _ = io.WriteString(w, "content")
		}))
		c, err := client.New(server.URL, "")
		if err != nil {
			t.Fatal(err)
		}
		cmd := &cobra.Command{}
		cmd.SetContext(t.Context())
		_, _, err = download(cmd, c, 1, "")
		if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%q: got %v", row.name, err)
		}
		server.Close()
	}
	left, err := filepath.Glob(filepath.Join(dir, "..", "*", "*"))
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != "good" {
		t.Errorf("written was %v, %v", left, err)
	}
	hidden, _ := filepath.Glob(filepath.Join(dir, ".download-*"))
	if len(hidden) != 0 {
		t.Errorf("left over: %v", hidden)
	}
}
