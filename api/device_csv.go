package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/httpx"
	"github.com/sluicehq/sluice/internal/sheet"
)

const csvType = "text/csv"

// maxPage is the largest page of a list, maxImport the rows of one import.
const (
	maxPage   = 1000
	maxImport = 10_000
)

// deviceColumns are the heads of an export, and those that an import knows.
var deviceColumns = []string{"key", "name", "kind", "unit", "state", "presence", "link", "model", "os", "architecture", "version",
	"last_seen_at", "created_at"}

// exportDevices writes page after page, and holds one at a time. An error
// before the first line is an answer of its own; after it, the connection is
// cut, so that nobody takes a part for the whole.
func (a *API) exportDevices(ctx context.Context, in *DeviceFilter) (*huma.StreamResponse, error) {
	e := &export{api: a, filter: in.control()}
	err := e.next(ctx)
	if err == nil {
		e.units, err = a.unitPaths(ctx)
	}
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		_, w := humago.Unwrap(hctx)
		patient, done := httpx.PatientWriter(w)
		defer done()
		h := w.Header()
		h.Set("Content-Type", csvType+"; charset=utf-8")
		h.Set("Content-Disposition", `attachment; filename="devices.csv"`)
		if err := e.write(ctx, patient); err != nil {
			a.log.Warn("an export of devices was cut off", "request_id", httpx.RequestID(ctx), "error", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

// export is one export under way.
type export struct {
	api     *API
	filter  control.DeviceFilter
	units   *unitPaths
	devices []fleet.Device // the page at hand
	after   int64
}

func (e *export) next(ctx context.Context) (err error) {
	e.devices, err = e.api.control.Devices(ctx, actorOf(ctx), e.filter, control.Page{After: e.after, Limit: maxPage})
	if n := len(e.devices); err == nil && n > 0 {
		e.after = int64(e.devices[n-1].ID)
	}
	return err
}

func (e *export) write(ctx context.Context, w io.Writer) error {
	out, err := sheet.NewWriter(w, deviceColumns...)
	for err == nil && len(e.devices) > 0 {
		for i := 0; err == nil && i < len(e.devices); i++ {
			err = out.Write(e.row(e.devices[i])...)
		}
		if err == nil {
			err = e.next(ctx)
		}
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

func (e *export) row(d fleet.Device) []string {
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	return []string{d.Key, d.Name, string(d.Kind), e.units.write(d.UnitID), string(d.State), string(d.Presence(e.api.control.Now())),
		string(d.Link), d.Model, d.OS, d.Architecture, d.Version, moment(d.LastSeenAt), moment(d.CreatedAt)}
}

// importInput takes the body as a stream.
type importInput struct{ body io.Reader }

// maxImportBody bounds an import in bytes: maxImport rows of an export.
const maxImportBody = 8 << 20

// Resolve implements huma.Resolver.
func (in *importInput) Resolve(ctx huma.Context) []error {
	r, w := humago.Unwrap(ctx)
	in.body = http.MaxBytesReader(w, r.Body, maxImportBody)
	return nil
}

// Imported says what an import did.
type Imported struct {
	Made    int `json:"made" doc:"Devices that were not known"`
	Changed int `json:"changed" doc:"Devices that were named and placed"`
}

func (a *API) importDevices(ctx context.Context, in *importInput) (*output[Imported], error) {
	units, err := a.unitPaths(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := readImport(in.body, units)
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, fleet.Errorf(fleet.Invalid, "cannot import more than %d MiB at once", maxImportBody>>20)
	}
	if err != nil {
		return nil, fleet.Errorf(fleet.Invalid, "cannot import: %s", err)
	}
	made, changed, err := a.control.ImportDevices(ctx, actorOf(ctx), rows)
	return answer(Imported{made, changed}, err, func(i Imported) Imported { return i })
}

func readImport(body io.Reader, units *unitPaths) ([]control.Import, error) {
	in, err := sheet.NewReader(body, maxImport, deviceColumns[:1], deviceColumns)
	if err != nil {
		return nil, err
	}
	var rows []control.Import
	for {
		row, err := in.Next()
		if errors.Is(err, io.EOF) && len(rows) == 0 {
			return nil, errors.New("there is no row below the heads")
		}
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		unit, err := units.find(row["unit"])
		if err != nil {
			return nil, fleet.Errorf(fleet.Invalid, "row %d: %s", in.Row(), err)
		}
		rows = append(rows, control.Import{Key: row["key"], Name: row["name"], Kind: fleet.DeviceKind(row["kind"]), UnitID: unit})
	}
}
