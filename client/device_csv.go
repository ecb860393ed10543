package client

import (
	"context"
	"io"
	"net/http"
)

// ExportDevices opens the devices as CSV. The caller closes it; one that the
// server cuts off ends in an error, not in io.EOF.
func (c *Client) ExportDevices(ctx context.Context, f DeviceFilter) (io.ReadCloser, error) {
	res, err := c.open(ctx, request{method: http.MethodGet, path: "/devices.csv", query: f.query()})
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// Imported says what an import did.
type Imported struct {
	Made    int `json:"made"`    // devices that were not known
	Changed int `json:"changed"` // devices that were named and placed
}

// ImportDevices names and places the devices of a CSV with the columns key,
// name, kind and unit, and makes those that are not known. One wrong row is an
// Invalid error that names it, and changes nothing.
func (c *Client) ImportDevices(ctx context.Context, csv io.Reader) (Imported, error) {
	var i Imported
	err := c.do(ctx, request{method: http.MethodPost, path: "/devices/import", body: csv, header: http.Header{"Content-Type": {"text/csv"}}}, &i)
	return i, err
}
