package variable

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var nameForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// CheckDeclared says what is wrong with the first declaration that is no good.
func CheckDeclared(declared []Variable) error {
	if len(declared) > MaxDeclared {
		return fmt.Errorf("%d variables are declared, more than the %d allowed", len(declared), MaxDeclared)
	}
	names := make(map[string]bool, len(declared))
	for _, v := range declared {
		if len(v.Name) > MaxName || !nameForm.MatchString(v.Name) {
			return fmt.Errorf("the variable %s has no name of 1 to %d letters, digits and underscores that begins with no digit", quote(v.Name), MaxName)
		}
		if names[v.Name] {
			return fmt.Errorf("the variable %s is declared twice", v.Name)
		}
		names[v.Name] = true
		if err := v.check(); err != nil {
			return fmt.Errorf("the variable %s %w", v.Name, err)
		}
	}
	return nil
}

// check returns the end of a sentence that begins with the variable.
func (v Variable) check() error {
	if len(v.Description) > MaxDescription || plain(v.Description) != nil {
		return fmt.Errorf("has a description that is not one line of at most %d bytes", MaxDescription)
	}
	if len(v.Pattern) > MaxPattern || plain(v.Pattern) != nil {
		return fmt.Errorf("has a pattern that is not text of at most %d bytes", MaxPattern)
	}
	if len(v.Values) > MaxValues {
		return fmt.Errorf("lists %d values, more than the %d allowed", len(v.Values), MaxValues)
	}
	if err := v.checkForm(); err != nil {
		return err
	}
	seen := make(map[any]bool, len(v.Values))
	for _, text := range v.Values {
		value, err := v.convert(text)
		if err != nil {
			return fmt.Errorf("lists the value %s, which %w", quote(text), err)
		}
		if seen[value] {
			return fmt.Errorf("lists the value %s twice", quote(text))
		}
		seen[value] = true
	}
	return nil
}

// checkForm judges what goes with which type.
func (v Variable) checkForm() error {
	switch v.Type {
	case "", String:
		if v.Pattern == "" && len(v.Values) == 0 {
			return fmt.Errorf("is a string without a pattern or values: give one, free text is never taken")
		}
	case Integer, Boolean:
		if v.Pattern != "" {
			return fmt.Errorf("has a pattern, which only a string may have")
		}
	default:
		return fmt.Errorf("has the type %s; use string, integer or boolean", quote(string(v.Type)))
	}
	if v.Type == Boolean && len(v.Values) > 0 {
		return fmt.Errorf("lists values, and those of a boolean are true and false")
	}
	if _, err := regexp.Compile(v.Pattern); err != nil {
		return fmt.Errorf("has a pattern that cannot be read: %v", err)
	}
	return nil
}

// plain refuses what has no place in a line of text.
func plain(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("is not UTF-8")
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		return fmt.Errorf("has a control character")
	}
	return nil
}

// maxQuoted bounds what a sentence repeats of a text from outside, in bytes.
const maxQuoted = 100

func quote(s string) string {
	if len(s) > maxQuoted {
		return fmt.Sprintf("%+q…", s[:maxQuoted])
	}
	return fmt.Sprintf("%+q", s)
}
