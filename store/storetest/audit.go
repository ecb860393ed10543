package storetest

import (
	"fmt"
	"reflect"
	"sync"
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
	{"is sealed once, by one sealer at a time", func(t *testing.T, w *world) {
		const lines, sealers = 40, 8
		for i := range lines {
			w.write(func(ctx ctx, tx control.Tx) error {
				return tx.InsertAudit(ctx, fleet.AuditEntry{At: w.now, UnitID: fleet.Root, Object: fmt.Sprint(i)})
			})
		}
		var wg sync.WaitGroup
		for range sealers {
			wg.Go(func() {
				err := w.store.Write(w.ctx, func(ctx ctx, tx control.Tx) error {
					if err := tx.LockSealing(ctx); err != nil {
						return err
					}
					list, last, err := tx.Unsealed(ctx, lines/sealers)
					for i := range list {
						list[i].Seal = last.Seal + 1
						list[i].Hash = last.Hash + "x"
						last = list[i]
					}
					if err != nil || len(list) != lines/sealers {
						return fmt.Errorf("got %d lines, %w", len(list), err)
					}
					return tx.SealAudit(ctx, list)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		sealed := read(w.store.Sealed(w.ctx, 0, 1000))(w)
		for i, a := range sealed {
			if a.Seal != int64(i+1) || a.Object != fmt.Sprint(i) || len(a.Hash) != i+1 {
				t.Fatalf("line %d: got %+v", i, a)
			}
		}
		list, last, err := w.store.Unsealed(w.ctx, 1000)
		if err != nil || len(sealed) != lines || len(list) != 0 || last != sealed[lines-1] {
			t.Errorf("got %d sealed, %d left, the last %+v, %v", len(sealed), len(list), last, err)
		}
		if got := read(w.store.Sealed(w.ctx, 7, 2))(w); len(got) != 2 || got[0].Seal != 8 {
			t.Errorf("got %+v", got)
		}
		w.write(func(ctx ctx, tx control.Tx) error { // a line keeps its seal
			return tx.SealAudit(ctx, []fleet.AuditEntry{{ID: sealed[0].ID, Seal: 99, Hash: "y"}})
		})
		if got := read(w.store.Sealed(w.ctx, 0, 1))(w); got[0] != sealed[0] {
			t.Errorf("got %+v", got)
		}
	}},
}
