package api

import (
	"net/http"

	"github.com/sluicehq/sluice/control"
)

// Page are the query parameters of a list. Like every input that others embed
// it is exported: huma reads no field of an embedded type that is not.
type Page struct {
	Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"Items at the most"`
	After int64 `query:"after" minimum:"0" doc:"The next of the page before"`
}

func (p Page) control() control.Page { return control.Page{After: p.After, Limit: p.Limit} }

// list is one page of items.
type list[T any] struct {
	Items []T   `json:"items" nullable:"false"`
	Next  int64 `json:"next,omitempty" doc:"Give it as after for the following page; left out on the last"`
}

// output carries any body.
type output[T any] struct{ Body T }

// answer makes output of what a use case returned.
func answer[F, T any](v F, err error, wire func(F) T) (*output[T], error) {
	if err != nil {
		return nil, err
	}
	return &output[T]{wire(v)}, nil
}

// answerList makes a page of what a use case returned. A full page names the
// id of its last item as the next.
func answerList[F, T any](items []F, err error, p Page, wire func(F) T, id func(F) int64) (*output[list[T]], error) {
	if err != nil {
		return nil, err
	}
	out := &output[list[T]]{}
	out.Body.Items = each(items, wire)
	if n := len(items); n > 0 && n == p.Limit {
		out.Body.Next = id(items[n-1])
	}
	return out, nil
}

// each is never nil, so that an empty list is [] on the wire.
func each[F, T any](items []F, wire func(F) T) []T {
	out := make([]T, len(items))
	for i, item := range items {
		out[i] = wire(item)
	}
	return out
}

// empty is the answer 204.
type empty struct {
	Status int
}

var noContent = &empty{http.StatusNoContent}
