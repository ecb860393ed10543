package control

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/sluicehq/sluice/fleet"
)

// Audit lists the audit log, newest first.
func (c *Control) Audit(ctx context.Context, a Actor, p Page) ([]fleet.AuditEntry, error) {
	var err error
	if p.Within, err = c.within(a, fleet.AuditRead); err != nil {
		return nil, err
	}
	return c.Store.Audit(ctx, p)
}

// audit is an entry about the whole service.
func (c *Control) audit(actor, action, object, detail string) fleet.AuditEntry {
	return c.auditIn(fleet.Root, actor, action, object, detail)
}

// auditIn is an entry about something that hangs on the unit.
func (c *Control) auditIn(unit fleet.UnitID, actor, action, object, detail string) fleet.AuditEntry {
	return fleet.AuditEntry{At: c.Now(), Actor: actor, UnitID: unit, Action: action, Object: object, Detail: detail}
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
