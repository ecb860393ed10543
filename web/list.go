package web

import (
	"net/url"
	"strconv"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/web/view"
)

// pageSize is how many rows a page of a list has.
const pageSize = 50

// maxText bounds what is searched for, in bytes.
const maxText = 200

// part reads which part of a list is asked for. One row more than is shown
// tells whether there is a next page. A number that cannot be read is the
// first page.
func (v *visit) part() control.Page {
	after, err := strconv.ParseInt(v.r.URL.Query().Get("after"), 10, 64)
	if err != nil || after < 0 {
		after = 0
	}
	return control.Page{After: after, Limit: pageSize + 1}
}

// cut takes the row too many off a list and says where its neighbours are.
func cut[T any](v *visit, list []T, id func(T) int64) ([]T, view.Paging) {
	var p view.Paging
	query := v.r.URL.Query()
	if query.Has("after") {
		p.First = v.with("after", "")
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		p.Next = v.with("after", strconv.FormatInt(id(list[pageSize-1]), 10))
	}
	return list, p
}

// with is this page with another value of one part of its query; every
// other change than of "after" begins at the first page.
func (v *visit) with(name, value string) string {
	old := v.r.URL.Query()
	query := url.Values{}
	for _, keep := range []string{"q", "state", "unit", "group", "version", "link", "show", "attributes", "after"} {
		if old.Get(keep) != "" && (keep != "after" || name == "after") {
			query.Set(keep, old.Get(keep))
		}
	}
	if query.Del(name); value != "" {
		query.Set(name, value)
	}
	if len(query) == 0 {
		return v.r.URL.Path
	}
	return v.r.URL.Path + "?" + query.Encode()
}
