package value

import "slices"

// Map is a map from text to value that keeps the order of its keys. The zero
// Map is empty and ready; a nil *Map reads as an empty one.
type Map struct {
	keys   []string
	values map[string]any
}

// Len is the number of keys.
func (m *Map) Len() int {
	if m == nil {
		return 0
	}
	return len(m.keys)
}

// Keys returns the keys in order. The caller must not change the slice.
func (m *Map) Keys() []string {
	if m == nil {
		return nil
	}
	return m.keys
}

// Get returns the value of a key and whether there is one.
func (m *Map) Get(key string) (any, bool) {
	if m == nil {
		return nil, false
	}
	v, ok := m.values[key]
	return v, ok
}

// Set adds a key at the end, or replaces its value in place.
func (m *Map) Set(key string, v any) {
	if m.values == nil {
		m.values = map[string]any{}
	}
	if _, ok := m.values[key]; !ok {
		m.keys = append(m.keys, key)
	}
	m.values[key] = v
}

// Delete removes a key if it is there.
func (m *Map) Delete(key string) {
	if _, ok := m.Get(key); !ok {
		return
	}
	delete(m.values, key)
	m.keys = slices.DeleteFunc(m.keys, func(k string) bool { return k == key })
}

// Clone copies the map itself; lists and maps below it are shared.
func (m *Map) Clone() *Map {
	c := &Map{}
	for _, k := range m.Keys() {
		c.Set(k, m.values[k])
	}
	return c
}

// Of makes a map of pairs: key, value, key, value. It is for literals in
// code; a key that is no string is a defect of ours.
func Of(pairs ...any) *Map {
	m := &Map{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m.Set(pairs[i].(string), pairs[i+1])
	}
	return m
}

// Blend returns base with over laid upon it (jetporch.md 1.8): maps merge
// deeply, lists are joined, other values replace, and null onto a map is
// ignored. Neither argument is changed.
func Blend(base, over *Map) *Map {
	out := base.Clone()
	for _, k := range over.Keys() {
		v := over.values[k]
		if old, ok := out.Get(k); ok {
			v = blend(old, v)
		}
		out.Set(k, v)
	}
	return out
}

func blend(old, over any) any {
	switch o := old.(type) {
	case *Map:
		switch v := over.(type) {
		case *Map:
			return Blend(o, v)
		case nil:
			return o
		}
	case []any:
		if v, ok := over.([]any); ok {
			return slices.Concat(o, v)
		}
	}
	return over
}
