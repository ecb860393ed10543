package operator

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) auditCommand() *cobra.Command {
	return group("audit", "Read the audit log", "  sluice audit list --limit 20\n  sluice audit verify", o.auditListCommand(), o.auditVerifyCommand())
}

func (o *operator) auditListCommand() *cobra.Command {
	return listCommand(o, "list", "List who did what, newest first", (*client.Client).Audit, columns[client.AuditEntry]{
		[]string{"AT", "ACTOR", "ACTION", "OBJECT", "DETAIL"},
		func(e client.AuditEntry) []string {
			return []string{moment(e.At), e.Actor, e.Action, e.Object, e.Detail}
		}})
}

func (o *operator) auditVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Verify that no entry of the audit log was changed or taken away",
		Long: `Verify the chain of the whole audit log: each entry is sealed with a hash over the
hash before it, seconds after it was written. The exit code is 1 where an entry was
changed or is missing. The last hash tells later whether the end was cut off: keep
it elsewhere.

  sluice audit verify`,
		Args: arguments(),
		RunE: o.signedIn(func(cmd *cobra.Command, c *client.Client, _ []string) error {
			v, err := c.VerifyAudit(cmd.Context())
			if err != nil {
				return err
			}
			err = o.show(cmd, v, func(w io.Writer) { fields(w, "entries", fmt.Sprint(v.Entries), "last hash", v.Hash) })
			if err == nil && !v.Intact {
				return outcome{exitFailed, fmt.Sprintf("the audit log is broken: entry %d of the chain was changed or is missing", v.Broken)}
			}
			return err
		}),
	}
}
