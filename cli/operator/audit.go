package operator

import (
	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) auditCommand() *cobra.Command {
	return group("audit", "Read the audit log", "  sluice audit list --limit 20", o.auditListCommand())
}

func (o *operator) auditListCommand() *cobra.Command {
	return listCommand(o, "list", "List who did what, newest first", (*client.Client).Audit, columns[client.AuditEntry]{
		[]string{"AT", "ACTOR", "ACTION", "OBJECT", "DETAIL"},
		func(e client.AuditEntry) []string {
			return []string{moment(e.At), e.Actor, e.Action, e.Object, e.Detail}
		}})
}
