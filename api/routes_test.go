package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/fleet"
)

// document is what the tests read of the OpenAPI document.
type document struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		Summary, Description, OperationID string
		Security                          []map[string][]string
		Parameters                        []struct{ Name, In string }
		Responses                         map[string]struct{ Content map[string]any }
	}
}

func TestTheOpenAPIDocumentIsTheRouteTable(t *testing.T) {
	t.Parallel()
	a := New(nil, slog.New(slog.DiscardHandler))
	mux := http.NewServeMux()
	a.Routes(mux)
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, httptest.NewRequest("GET", Prefix+"/openapi.json", nil))
	var doc document
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil || rec.Code != 200 || rec.Header().Get("Content-Type") != "application/openapi+json" {
		t.Fatalf("got %d %v %v: %.200s", rec.Code, rec.Header(), err, rec.Body)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("got OpenAPI %s", doc.OpenAPI)
	}
	documented := map[string]bool{}
	for path, methods := range doc.Paths {
		for method := range methods {
			documented[strings.ToUpper(method)+" "+path] = true
		}
	}
	ids := map[string]bool{}
	for _, r := range a.table() {
		name := r.method + " " + r.path
		if !documented[name] {
			t.Errorf("%s is not in the document", name)
			continue
		}
		delete(documented, name)
		op := doc.Paths[r.path][strings.ToLower(r.method)]
		if op.Summary != r.summary || op.OperationID == "" || ids[op.OperationID] {
			t.Errorf("%s: summary is %q, operation id %q", name, op.Summary, op.OperationID)
		}
		ids[op.OperationID] = true
		if locked := len(op.Security) > 0; locked != (r.needs != public) {
			t.Errorf("%s: needs %s, documented security is %v", name, r.needs, op.Security)
		}
		if r.needs != public && op.Description != "Needs "+string(r.needs)+"." {
			t.Errorf("%s: description is %q", name, op.Description)
		}
		for _, part := range strings.Split(r.path, "/") {
			if name, ok := strings.CutPrefix(part, "{"); ok && !slices.Contains(op.Parameters, struct{ Name, In string }{strings.TrimSuffix(name, "}"), "path"}) {
				t.Errorf("%s %s: %s is not documented: %v", r.method, r.path, part, op.Parameters)
			}
		}
		if _, ok := op.Responses["default"].Content["application/problem+json"]; !ok {
			t.Errorf("%s: errors are not documented as problems: %v", name, op.Responses)
		}
	}
	for name := range documented {
		t.Errorf("%s is documented and not in the table", name)
	}
}

func TestEveryRightOfTheTableExists(t *testing.T) {
	t.Parallel()
	var a *API
	rights := []fleet.Action{public, signedIn, firstSignIn}
	for _, row := range fleet.Rights {
		rights = append(rights, row.Actions...)
	}
	used := map[fleet.Action]bool{}
	for _, r := range a.table() {
		used[r.needs] = true
		if !slices.Contains(rights, r.needs) {
			t.Errorf("%s %s needs %q, which is no right", r.method, r.path, r.needs)
		}
	}
	for _, right := range rights {
		if !used[right] {
			t.Errorf("no route needs %s", right)
		}
	}
}

// Row is a row of the table for the tests of package api_test.
type Row struct {
	Method string
	Path   string // with every id 1
	Needs  string
	Name   string // method and path as in the table
}

// Rows is the table.
func Rows() (rows []Row) {
	var a *API
	parameter := regexp.MustCompile(`\{\w+\}`)
	for _, r := range a.table() {
		path := strings.TrimPrefix(r.path, Prefix)
		rows = append(rows, Row{r.method, parameter.ReplaceAllString(path, "1"), string(r.needs), r.method + " " + path})
	}
	return rows
}
