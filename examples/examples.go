// Package examples holds package sources that build as they are: what the
// demo installs, and where a newcomer starts.
package examples

import "embed"

// Files are the source folders by name, each with its sup.yaml and files/.
//
//go:embed gateway-config gateway-settings broken-half-way
var Files embed.FS
