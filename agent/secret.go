package agent

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"path/filepath"
	"slices"
)

// minSecret is the shortest value of a variable that is searched for, in bytes:
// what is shorter stands in every text and hides nothing.
const minSecret = 4

const removed = "(removed)"

// secrets are the texts that leave the device in no archive, longest first.
type secrets [][]byte

// secretsOf are those of the configuration and the values that operators gave
// as variables of the tasks that are kept.
func secretsOf(l Layout, c Configuration) secrets {
	var s secrets
	s.add(c.Token, c.AppID)
	for _, address := range []string{c.ServerURL, c.MQTTURL} {
		u, err := url.Parse(address)
		if err != nil || u.User == nil {
			continue
		}
		password, _ := u.User.Password()
		s.add(u.User.String(), password, base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password)))
	}
	folders, _ := filepath.Glob(filepath.Join(l.Jobs(), "*")) // its pattern is a good one
	for _, dir := range folders {
		t, err := loadTask(dir)
		if err != nil {
			continue
		}
		for _, value := range t.Update.Variables {
			if len(value) >= minSecret && value != "true" && value != "false" {
				s.add(value)
			}
		}
	}
	slices.SortFunc(s, func(a, b []byte) int { return cmp.Or(cmp.Compare(len(b), len(a)), bytes.Compare(a, b)) })
	return slices.CompactFunc(s, bytes.Equal)
}

// add takes texts as they are and as JSON writes them, with and without its
// escapes for HTML.
func (s *secrets) add(texts ...string) {
	for _, text := range texts {
		if text == "" {
			continue
		}
		*s = append(*s, []byte(text))
		for _, html := range []bool{true, false} {
			var escaped bytes.Buffer
			e := json.NewEncoder(&escaped)
			e.SetEscapeHTML(html)
			if e.Encode(text) == nil {
				line := bytes.TrimSuffix(escaped.Bytes(), []byte("\n"))
				*s = append(*s, line[1:len(line)-1])
			}
		}
	}
}

func (s secrets) remove(content []byte) []byte {
	for _, secret := range s {
		content = bytes.ReplaceAll(content, secret, []byte(removed))
	}
	return content
}

// withoutUser is an address without the user and password that stand in it;
// one that cannot be read is left out.
func withoutUser(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return removed
	}
	u.User = nil
	return u.String()
}

// blanked is the task as it may be shown: no value of a variable.
func (t Task) blanked() Task {
	shown := make(map[string]string, len(t.Update.Variables))
	for name := range t.Update.Variables {
		shown[name] = removed
	}
	t.Update.Variables = shown
	return t
}
