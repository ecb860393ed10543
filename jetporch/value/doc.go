// Package value holds the values that playbooks work with.
//
// A value is one of nil, bool, int64, uint64 beyond it, float64, string, []any
// and *Map. Map keeps the order of its keys. FromYAML types scalars the way
// jetp's YAML reader does (jetporch.md 1.3), which is not what other readers
// of YAML do: 010, yes and 1_000 are texts, 1.10 is the number 1.1.
// Blend joins two maps (1.8), Text renders a value in a template (1.10), JSON
// and YAML write it out.
//
// Nothing here reads files or knows what a play is.
package value
