package fleet

import (
	"encoding/json"
	"slices"
)

// Tags are the tags of a device as its attribute keeps them: a JSON list
// without spaces, sorted, each once. "" are none, as is what is no list.
type Tags string

// TagsOf makes Tags of a list in any order.
func TagsOf(list []string) Tags {
	list = slices.Compact(slices.Sorted(slices.Values(list)))
	if list == nil {
		list = []string{}
	}
	text, _ := json.Marshal(list) // a list of texts has JSON
	return Tags(text)
}

// List are the tags one by one.
func (t Tags) List() []string {
	var list []string
	if json.Unmarshal([]byte(t), &list) != nil {
		return nil
	}
	return list
}
