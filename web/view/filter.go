package view

// Filter is a link that narrows a list.
type Filter struct {
	Badge  Badge
	URL    string
	Count  int // -1 for none
	Chosen bool
}
