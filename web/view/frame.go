package view

// Frame is what surrounds every page.
type Frame struct {
	Title  string
	Crumbs []Crumb // the way here; the page itself is last, without a URL
	Here   string  // the path of the navigation entry that is current
	User   string  // who is signed in; "" for nobody
	Role   string
	Events string // where the page hears of changes; "" when it is not live
	Finds  bool   // it has a search of its own, which takes the place of the one above
	Note   Note   // what the last action did; the zero Note for none
}

// Crumb is a step of the way to a page.
type Crumb struct{ Word, URL string }

// Note is a sentence about what was just done.
type Note struct {
	Text string
	Bad  bool
}

type entry struct{ word, path, icon string }

// navigation is what the console has, and nothing else.
var navigation = []struct {
	title   string
	entries []entry
}{
	{"Fleet", []entry{{"Devices", "/devices", "M3 4h10v7H3zM6 14h4M8 11v3"}}},
	{"Software", []entry{
		{"Updates", "/updates", "M2 12V9M6 12V6M10 12V8M14 12V3"},
		{"Executions", "/executions", "M2 4h2M2 8h2M2 12h2M7 4h7M7 8h7M7 12h7"},
		{"Releases", "/releases", "M2.5 5L8 2l5.5 3v6L8 14l-5.5-3zM2.5 5L8 8l5.5-3M8 8v6"},
	}},
	{"Organisation", []entry{{"Audit", "/audit", "M3 3h10M3 7h10M3 11h6"}}},
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
}
