package control

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/sluicehq/sluice/fleet"
)

// Audit lists the audit log, newest first.
func (c *Control) Audit(ctx context.Context, a Actor, p Page) ([]fleet.AuditEntry, error) {
	if err := c.Authorize(a, AuditRead, a.User.UnitID); err != nil {
		return nil, err
	}
	return c.Store.Audit(ctx, p)
}

func (c *Control) audit(actor, action, object, detail string) fleet.AuditEntry {
	return fleet.AuditEntry{At: c.Now(), Actor: actor, UnitID: fleet.Root, Action: action, Object: object, Detail: detail}
}

// clip makes text from outside fit to be stored: valid UTF-8, no control
// characters, at most n bytes.
func clip(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
