package sqlstore

import (
	"cmp"
	"slices"
)

// attach fills a field of every element of list with the thing that it
// refers to: all of them are fetched at once, each of them once.
func attach[T, V any, ID cmp.Ordered](
	list []T, ref func(*T) ID, fetch func([]ID) ([]V, error), idOf func(V) ID, set func(*T, V),
) error {
	var none ID
	var of []ID
	for i := range list {
		if id := ref(&list[i]); id != none {
			of = append(of, id)
		}
	}
	if len(of) == 0 {
		return nil
	}
	slices.Sort(of)
	things, err := fetch(slices.Compact(of))
	if err != nil {
		return err
	}
	byID := make(map[ID]V, len(things))
	for _, v := range things {
		byID[idOf(v)] = v
	}
	for i := range list {
		if v, ok := byID[ref(&list[i])]; ok {
			set(&list[i], v)
		}
	}
	return nil
}
