// Package variable holds the variables that an operator may give with a
// package: what its owner declared and signed, and what may be given for it.
//
// Server and device judge the same values by the same declaration with the
// same code, so that a refusal reads the same in the console, in the API and
// on the device. A value is text everywhere and is converted once, by Check.
package variable

// Variable is a value that an operator may give with a package, as its owner
// declared and signed it. There is no free text: a string has a pattern or a
// list of values.
type Variable struct {
	Name        string   `json:"name"`                  // a letter or _, then letters, digits and _, at most MaxName
	Type        Type     `json:"type,omitempty"`        // string where it is empty
	Description string   `json:"description,omitempty"` // one line for people
	Pattern     string   `json:"pattern,omitempty"`     // RE2; it matches the whole value of a string
	Values      []string `json:"values,omitempty"`      // the only ones, of a string or an integer
	Required    bool     `json:"required,omitempty"`
}

// Names are those of the variables, in their order.
func Names(declared []Variable) []string {
	names := make([]string, len(declared))
	for i, v := range declared {
		names[i] = v.Name
	}
	return names
}

// Type says what the text of a value is converted to.
type Type string

// The empty Type means String.
const (
	String  Type = "string"
	Integer Type = "integer" // int64 in decimal digits
	Boolean Type = "boolean" // true or false
)

// Limits, in bytes where they are not of a count.
const (
	MaxDeclared    = 32   // variables of one package
	MaxName        = 64   // the name
	MaxDescription = 500  // the description
	MaxPattern     = 256  // the pattern
	MaxValues      = 100  // the values that one variable lists
	MaxValue       = 1024 // one value
)
