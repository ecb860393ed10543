package install

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// iniFile is the text of the file, line by line: what is not set is not
// touched, byte for byte.
type iniFile struct{ lines []iniLine }

type iniLine struct {
	text    string // with its line end
	section string // that it is in, or that it opens
	key     string // "" for comments, empty lines and section headers
	opens   bool
}

func editINI(old []byte, list []setting) ([]byte, error) {
	f, err := readINI(old)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		section, key := f.place(s.key)
		if s.remove {
			f.remove(section, key)
			continue
		}
		value, err := iniValue(s.value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.key, err)
		}
		f.set(section, key, value)
	}
	var out strings.Builder
	for _, l := range f.lines {
		out.WriteString(l.text)
	}
	return []byte(out.String()), nil
}

func readINI(old []byte) (*iniFile, error) {
	f, section := &iniFile{}, ""
	for raw := range bytes.Lines(old) {
		l := iniLine{text: string(raw)}
		text := strings.TrimSpace(l.text)
		switch {
		case text == "", text[0] == ';', text[0] == '#':
		case text[0] == '[':
			end := strings.IndexByte(text, ']')
			if end < 0 {
				return nil, fmt.Errorf("line %d is no section: ] is missing", len(f.lines)+1)
			}
			section, l.opens = strings.TrimSpace(text[1:end]), true
		default:
			if key, _, ok := strings.Cut(text, "="); ok {
				l.key = strings.TrimSpace(key)
			}
		}
		l.section = section
		f.lines = append(f.lines, l)
	}
	return f, nil
}

// place finds the section and key that a dotted key means: the one that is in
// the file, else the longest section that is, else all before the last dot.
func (f *iniFile) place(dotted string) (section, key string) {
	longest := -1
	for i := len(dotted); i >= 0; i-- {
		if i < len(dotted) && dotted[i] != '.' {
			continue
		}
		section, key := "", dotted
		if i < len(dotted) {
			section, key = dotted[:i], dotted[i+1:]
		}
		for _, l := range f.lines {
			if l.section == section && l.key == key {
				return section, key
			}
			if l.opens && l.section == section && longest < 0 {
				longest = i
			}
		}
	}
	if longest < 0 {
		longest = strings.LastIndexByte(dotted, '.')
	}
	if longest < 0 {
		return "", dotted
	}
	return dotted[:longest], dotted[longest+1:]
}

// set changes the last line of the key, which is the one that counts, or adds
// one at the end of its section.
func (f *iniFile) set(section, key, value string) {
	after, eol := -1, f.lineEnd()
	for i, l := range f.lines {
		if l.section == section && (l.key != "" || l.opens) {
			after = i
		}
	}
	for i := len(f.lines) - 1; i >= 0; i-- {
		if l := f.lines[i]; l.section == section && l.key == key {
			f.lines[i].text = l.with(value)
			return
		}
	}
	spaced := " = "
	if f.tight() {
		spaced = "="
	}
	line := iniLine{text: key + spaced + value + eol, section: section, key: key}
	if after < 0 && section != "" {
		f.end(eol)
		f.lines = append(f.lines, iniLine{text: "[" + section + "]" + eol, section: section, opens: true}, line)
		return
	}
	if after == len(f.lines)-1 {
		f.end(eol)
	}
	f.lines = append(f.lines[:after+1], append([]iniLine{line}, f.lines[after+1:]...)...)
}

func (f *iniFile) remove(section, key string) {
	kept := f.lines[:0]
	for _, l := range f.lines {
		if l.key == "" || l.section != section || l.key != key {
			kept = append(kept, l)
		}
	}
	f.lines = kept
}

// with keeps everything before the value and the line end.
func (l iniLine) with(value string) string {
	head, rest, _ := strings.Cut(l.text, "=")
	body := strings.TrimRight(rest, "\r\n")
	if strings.TrimSpace(body) == value {
		return l.text
	}
	space := body[:len(body)-len(strings.TrimLeft(body, " \t"))]
	return head + "=" + space + value + rest[len(body):]
}

// end gives the last line a line end, so that another can follow.
func (f *iniFile) end(eol string) {
	if n := len(f.lines); n > 0 && !strings.HasSuffix(f.lines[n-1].text, "\n") {
		f.lines[n-1].text += eol
	}
}

func (f *iniFile) lineEnd() string {
	if len(f.lines) > 0 && strings.HasSuffix(f.lines[0].text, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// tight tells whether the file writes key=value without spaces.
func (f *iniFile) tight() bool {
	for _, l := range f.lines {
		if l.key != "" {
			return !strings.Contains(l.text, " =")
		}
	}
	return false
}

func iniValue(v any) (string, error) {
	switch v := v.(type) {
	case string:
		if strings.ContainsAny(v, "\r\n\x00") {
			return "", errors.New("an INI value has one line")
		}
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case json.Number:
		return v.String(), nil
	}
	return "", fmt.Errorf("an INI value is text, number or bool, not %T", v)
}
