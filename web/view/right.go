package view

import (
	"strings"

	"github.com/sluicehq/sluice/fleet"
)

// roleShort breaks a role's name where a narrow column may.
func roleShort(r fleet.Role) string { return strings.ReplaceAll(string(r), "_", "_\u200b") }

func actionList(list []fleet.Action) string {
	words := make([]string, len(list))
	for i, a := range list {
		words[i] = string(a)
	}
	return strings.Join(words, ", ")
}
