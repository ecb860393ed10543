package operator

import (
	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) auditCommand() *cobra.Command {
	return group("audit", "Read the audit log", "  sluice audit list --limit 20", o.auditListCommand())
}

func (o *operator) auditListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List who did what, newest first",
		Args:  arguments(),
	}
	limit := limitFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := o.client()
		if err != nil {
			return err
		}
		return showList(o, cmd, c.Audit(cmd.Context()), *limit, columns[client.AuditEntry]{
			[]string{"AT", "ACTOR", "ACTION", "OBJECT", "DETAIL"},
			func(e client.AuditEntry) []string {
				return []string{moment(e.At), e.Actor, e.Action, e.Object, e.Detail}
			}})
	}
	return cmd
}
