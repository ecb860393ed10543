package client

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strconv"
)

// pageSize is how many items one request of a list fetches.
const pageSize = 200

// page is one part of a list.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  cursor `json:"next"`
}

// cursor is where the next page begins: the number of a thing, or a key; ""
// on the last page.
type cursor string

// UnmarshalJSON reads either.
func (c *cursor) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, (*string)(c))
	}
	var n json.Number
	err := json.Unmarshal(text, &n)
	*c = cursor(n)
	return err
}

// all fetches page after page as they are needed.
func all[T any](ctx context.Context, c *Client, path string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		q := url.Values{}
		for name, values := range query {
			q[name] = values
		}
		if !q.Has("limit") {
			q.Set("limit", strconv.Itoa(pageSize))
		}
		for {
			var p page[T]
			if err := c.get(ctx, path, q, &p); err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			if p.Next == "" {
				return
			}
			q.Set("after", string(p.Next))
		}
	}
}

// Collect gathers a list up to limit items; limit 0 means all of them.
func Collect[T any](items iter.Seq2[T, error], limit int) ([]T, error) {
	out := []T{}
	for item, err := range items {
		if err != nil {
			return nil, err
		}
		if out = append(out, item); len(out) == limit {
			break
		}
	}
	return out, nil
}

// set adds a query parameter that is not empty.
func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

func path(resource string, id int64, rest string) string {
	return "/" + resource + "/" + strconv.FormatInt(id, 10) + rest
}
