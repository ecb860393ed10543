package web

import (
	"errors"
	"net/http"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/httpx"
	"github.com/sluicehq/sluice/web/view"
)

// statuses maps what a caller can do about an error to HTTP.
var statuses = map[fleet.Code]int{
	fleet.NotFound:    http.StatusNotFound,
	fleet.Conflict:    http.StatusConflict,
	fleet.Unconfirmed: http.StatusConflict,
	fleet.Invalid:     http.StatusBadRequest,
	fleet.Denied:      http.StatusForbidden,
	fleet.Unavailable: http.StatusServiceUnavailable,
	fleet.Internal:    http.StatusInternalServerError,
}

// titles head the page of an error.
var titles = map[fleet.Code]string{
	fleet.NotFound:    "Not found",
	fleet.Conflict:    "Not possible now",
	fleet.Unconfirmed: "Not confirmed",
	fleet.Invalid:     "Not understood",
	fleet.Denied:      "No right",
	fleet.Unavailable: "Try again later",
	fleet.Internal:    "Something is wrong with the server",
}

// fail answers with a page that says what went wrong. The cause of an
// internal error goes to the log only.
func (web *Web) fail(v *visit, err error) {
	if v.r.Context().Err() != nil {
		return // the reader has gone
	}
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		err = fleet.Errorf(fleet.Invalid, "the form has more than %d bytes", tooBig.Limit)
	}
	code, said := fleet.CodeOf(err), sentence(err)
	if code == fleet.Internal {
		web.Log.Error("cannot show a page", "method", v.r.Method, "path", v.r.URL.Path, "error", err)
		said = "The server could not answer. The reason is in its log; trying again may help."
	}
	httpx.RetryAfter(v.w.Header(), fleet.AfterOf(err))
	f := v.frame(titles[code], "", "")
	if err := v.show(statuses[code], view.Failure(f, titles[code], said)); err != nil {
		web.Log.Error("cannot show an error", "path", v.r.URL.Path, "error", err)
	}
}
