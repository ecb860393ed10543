package storetest

import (
	"reflect"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var auditTests = []test{
	{"is read newest first, a page at a time", func(t *testing.T, w *world) {
		var want []fleet.AuditEntry
		for i := range 3 {
			want = append([]fleet.AuditEntry{{
				ID: int64(i + 1), At: w.now, Actor: "Zoë", UnitID: fleet.Root, Action: "update.create", Object: "update 1", Detail: "größer",
			}}, want...)
			w.write(func(ctx ctx, tx control.Tx) error { return tx.InsertAudit(ctx, want[0]) })
		}
		if got := read(w.store.Audit(w.ctx, page))(w); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got := read(w.store.Audit(w.ctx, control.Page{After: 3, Limit: 1}))(w); !reflect.DeepEqual(got, want[1:2]) {
			t.Errorf("got %+v", got)
		}
	}},
}
