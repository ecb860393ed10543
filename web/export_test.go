package web

import (
	"github.com/sluicehq/sluice/fleet"
)

// Row is what tests see of a row of the page table.
type Row struct {
	Method, Path string
	Action       fleet.Action
}

// Oneself marks the pages that are about the reader alone.
const Oneself = oneself

// Rows is the page table.
func Rows() []Row {
	var rows []Row
	for _, p := range pages {
		rows = append(rows, Row{p.method, p.path, p.action})
	}
	return rows
}

// GroupedStates are the states of the filter of the executions, in order.
func GroupedStates() []fleet.State {
	var all []fleet.State
	for _, g := range stateGroups {
		all = append(all, g.states...)
	}
	return all
}
