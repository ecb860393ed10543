package view

import "github.com/sluicehq/sluice/fleet"

// Frame is what surrounds every page.
type Frame struct {
	Title  string
	Crumbs []Crumb // the way here; the page itself is last, without a URL
	Here   string  // the path of the navigation entry that is current
	User   string  // who is signed in; "" for nobody
	Role   string
	May    map[fleet.Action]bool // what the user may do somewhere
	Events string                // where the page hears of changes; "" when it is not live
	Finds  bool                  // it has a search of its own, which takes the place of the one above
	Note   Note                  // what the last action did; the zero Note for none
}

// Crumb is a step of the way to a page.
type Crumb struct{ Word, URL string }

// Note is a sentence about what was just done.
type Note struct {
	Text string
	Bad  bool
}

type entry struct {
	word, path, icon string
	needs            fleet.Action // "" for whoever is signed in
}

// navigation is what the console has, and nothing else. A reader sees the
// entries that they may open.
var navigation = []struct {
	title   string
	entries []entry
}{
	{"Fleet", []entry{
		{"Devices", "/devices", "M3 4h10v7H3zM6 14h4M8 11v3", fleet.DeviceRead},
		{"Groups", "/groups", "M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z", fleet.GroupRead},
	}},
	{"Software", []entry{
		{"Updates", "/updates", "M2 12V9M6 12V6M10 12V8M14 12V3", fleet.UpdateRead},
		{"Executions", "/executions", "M2 4h2M2 8h2M2 12h2M7 4h7M7 8h7M7 12h7", fleet.UpdateRead},
		{"Releases", "/releases", "M2.5 5L8 2l5.5 3v6L8 14l-5.5-3zM2.5 5L8 8l5.5-3M8 8v6", fleet.ReleaseRead},
		{"Magic Links", "/magic-links", "M6.5 9.5l3-3M7 4.5l1.5-1.5a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5L7.5 13A3 3 0 0 1 3 8.500L4.500 7", fleet.MagicLinkRead},
	}},
	{"Organisation", []entry{
		{"Units", "/units", "M8 2v4M4 14v-3h8v3M8 6v5", fleet.UnitRead},
		{"Users", "/users", "M10.600 5a2.600 2.600 0 1 1-5.200 0a2.600 2.600 0 0 1 5.200 0M3 14c.6-3 2.600-4.400 5-4.400s4.400 1.400 5 4.400", fleet.UserRead},
		{"Rights", "/rights", "M8 2l5 2v4c0 3-2 5-5 6c-3-1-5-3-5-6V4zM6 8l1.500 1.500L10.500 6.500", fleet.UnitRead},
		{"Audit", "/audit", "M3 3h10M3 7h10M3 11h6", fleet.AuditRead},
		{"Account", "/account", "M8 9a2 2 0 1 0 0-4a2 2 0 0 0 0 4M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M4.500 12.500C5 11 6.500 10.500 8 10.500s3 .5 3.500 2", ""},
	}},
}

// entries are those of a group of the navigation that the reader may open.
func (f Frame) entries(list []entry) []entry {
	var open []entry
	for _, e := range list {
		if e.needs == "" || f.May[e.needs] {
			open = append(open, e)
		}
	}
	return open
}

// Paging is where the next part of a list is.
type Paging struct {
	First string // URL of the first page; "" when this is it
	Next  string // URL of the next page; "" when this is the last
}

// Ask is a form of one button that asks before it acts.
type Ask struct {
	URL     string
	Button  string
	Name    string // the button for those who do not see what it stands beside
	Title   string // the question, naming the device
	Explain string
	Do      string // what the dialog's button says
	Stop    bool   // it takes something away
	Go      bool   // it is the main thing to do on the page
	Tiny    bool
	Fields  []Field // sent with it
}

// Field is a hidden field of a form.
type Field struct{ Name, Value string }
