package sup

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// maxConfigDepth bounds how deep a value of config.set is nested.
const maxConfigDepth = 32

func (p *ConfigSet) check(map[string]bool) error {
	err := cmp.Or(checkDevicePath("path", p.Path, false), checkChoice("format", p.Format, "json", "yaml", "ini"))
	if err != nil {
		return err
	}
	if p.FileFormat() == "" {
		return fmt.Errorf("format is missing: the ending of %s is none of .json .yaml .yml .ini", printable(p.Path))
	}
	if len(p.Values) == 0 {
		return errors.New("values is empty")
	}
	for key, value := range p.Values {
		if err := p.checkValue(key, value); err != nil {
			return err
		}
	}
	return nil
}

// FileFormat is json, yaml or ini: what Format says, or the path's ending.
func (p *ConfigSet) FileFormat() string {
	if p.Format != "" {
		return p.Format
	}
	return formatByEnding(p.Path)
}

func (p *ConfigSet) checkValue(key string, value any) error {
	if len(key) > MaxPath || checkText(key) != nil || slices.Contains(strings.Split(key, "."), "") {
		return fmt.Errorf("values: %s is no dotted key", printable(key))
	}
	if !shallow(value, maxConfigDepth) {
		return fmt.Errorf("values: %s is nested deeper than %d", printable(key), maxConfigDepth)
	}
	if err := checkNumbers(value); err != nil {
		return fmt.Errorf("values: %s: %w", printable(key), err)
	}
	if p.FileFormat() != "ini" {
		return checkRemoval(key, value)
	}
	switch v := value.(type) {
	case []any, map[string]any:
		return fmt.Errorf("values: %s is a list or a map, which an INI file cannot hold", printable(key))
	case string:
		if strings.ContainsAny(v, "\r\n\x00") {
			return fmt.Errorf("values: %s has more than one line, which an INI file cannot hold", printable(key))
		}
	}
	return nil
}

// checkRemoval refuses what could be an element of a list: the others would move
// up, and a second time another one would go.
func checkRemoval(key string, value any) error {
	last := key[strings.LastIndexByte(key, '.')+1:]
	if _, err := strconv.Atoi(last); value == nil && err == nil {
		return fmt.Errorf("values: %s cannot be removed: it may be an element of a list, and removing it twice would remove two; set the whole list", printable(key))
	}
	return nil
}

// checkNumbers refuses numbers that readers of the file could not hold.
func checkNumbers(v any) error {
	switch v := v.(type) {
	case json.Number:
		if _, err := v.Float64(); err != nil {
			return fmt.Errorf("the number %s is too large; put it in quotes", printable(v.String()))
		}
	case []any:
		for _, e := range v {
			if err := checkNumbers(e); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, e := range v {
			if err := checkNumbers(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// shallow reports whether v is nested at most depth levels.
func shallow(v any, depth int) bool {
	if depth == 0 {
		return false
	}
	switch v := v.(type) {
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { return !shallow(e, depth-1) })
	case map[string]any:
		for _, e := range v {
			if !shallow(e, depth-1) {
				return false
			}
		}
	}
	return true
}

// formatByEnding says what a configuration file is when config.set does not.
func formatByEnding(p string) string {
	switch path.Ext(p) {
	case ".json":
		return "json"
	case ".yaml", ".yml":
		return "yaml"
	case ".ini":
		return "ini"
	}
	return ""
}
