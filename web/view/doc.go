// Package view turns what the use cases returned into HTML. Every page is a
// templ component over a struct that says all it shows; nothing here reads,
// decides or knows a request. The hue, glyph and word of each state are in
// badge.go and nowhere else.
//
// The *_templ.go files are generated: go tool templ generate ./web/...
package view
