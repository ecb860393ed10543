package install

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

const maxConfigDepth = 100

// errNoElement is why no element is taken out of a list: done again after a
// kill, it would take out another one.
var errNoElement = errors.New("an element of a list cannot be removed; set the whole list")

// jsonObject keeps the order of its keys.
type jsonObject struct{ members []jsonMember }

type jsonMember struct {
	key   string
	value any // *jsonObject, *jsonArray, json.Number, string, bool, nil
}

type jsonArray struct{ items []any }

// editJSON sets values and keeps the order of the keys, the numbers as they
// are written and the indentation of the file.
func editJSON(old []byte, list []setting) ([]byte, error) {
	top := &jsonObject{}
	if len(bytes.TrimSpace(old)) > 0 {
		dec := json.NewDecoder(bytes.NewReader(old))
		dec.UseNumber()
		v, err := readJSON(dec, 0)
		if err != nil {
			return nil, fmt.Errorf("it is not JSON: %w", err)
		}
		if _, err := dec.Token(); err != io.EOF {
			return nil, errors.New("it is not JSON: there is something behind the value")
		}
		var ok bool
		if top, ok = v.(*jsonObject); !ok {
			return nil, errors.New("its top is not an object")
		}
	}
	changed := false
	for _, s := range list {
		value, err := plainJSON(s.value)
		if err != nil {
			return nil, err
		}
		did, err := setJSON(top, s.path, value, s.remove)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.key, err)
		}
		changed = changed || did
	}
	if !changed && len(old) > 0 {
		return old, nil
	}
	return formatJSON(top, indentOf(old))
}

// plainJSON turns a decoded value into the ordered form.
func plainJSON(v any) (any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return readJSON(dec, 0)
}

func readJSON(dec *json.Decoder, depth int) (any, error) {
	if depth > maxConfigDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxConfigDepth)
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		o := &jsonObject{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			value, err := readJSON(dec, depth+1)
			if err != nil {
				return nil, err
			}
			if o.find(key.(string)) != nil {
				return nil, fmt.Errorf("key %q is there twice", key)
			}
			o.members = append(o.members, jsonMember{key.(string), value})
		}
		_, err := dec.Token()
		return o, err
	case json.Delim('['):
		a := &jsonArray{}
		for dec.More() {
			item, err := readJSON(dec, depth+1)
			if err != nil {
				return nil, err
			}
			a.items = append(a.items, item)
		}
		_, err := dec.Token()
		return a, err
	}
	return token, nil
}

func (o *jsonObject) find(key string) *jsonMember {
	for i := range o.members {
		if o.members[i].key == key {
			return &o.members[i]
		}
	}
	return nil
}

// setJSON sets or removes the value at a path below an object or array.
func setJSON(at any, path []string, value any, remove bool) (bool, error) {
	if a, ok := at.(*jsonArray); ok {
		return a.set(path, value, remove)
	}
	o, ok := at.(*jsonObject)
	if !ok {
		return false, fmt.Errorf("cannot go to %s: what is above it is no object", path[0])
	}
	m := o.find(path[0])
	switch {
	case m == nil && remove:
		return false, nil
	case m == nil && len(path) == 1:
		o.members = append(o.members, jsonMember{path[0], value})
		return true, nil
	case m == nil:
		below := &jsonObject{}
		o.members = append(o.members, jsonMember{path[0], below})
		return setJSON(below, path[1:], value, remove)
	case len(path) > 1:
		return setJSON(m.value, path[1:], value, remove)
	case remove:
		for i := range o.members {
			if &o.members[i] == m {
				o.members = append(o.members[:i], o.members[i+1:]...)
				break
			}
		}
		return true, nil
	}
	same, err := sameJSON(m.value, value)
	m.value = value
	return !same, err
}

func (a *jsonArray) set(path []string, value any, remove bool) (bool, error) {
	i, err := strconv.Atoi(path[0])
	if err != nil || i < 0 || i >= len(a.items) {
		return false, fmt.Errorf("%s is no index of a list of %d", path[0], len(a.items))
	}
	if len(path) > 1 {
		return setJSON(a.items[i], path[1:], value, remove)
	}
	if remove {
		return false, errNoElement
	}
	same, err := sameJSON(a.items[i], value)
	a.items[i] = value
	return !same, err
}
