package storetest

import (
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var tokenTests = []test{
	{"is found by its hash and used once", func(t *testing.T, w *world) {
		want := fleet.EnrolmentToken{
			Kind: fleet.OneTime, UnitID: fleet.Root, Note: "für das Dach", CreatedBy: "ada", CreatedAt: w.now, ExpiresAt: w.now.Add(time.Hour),
		}
		w.write(func(ctx ctx, tx control.Tx) (err error) {
			want.ID, err = tx.InsertEnrolmentToken(ctx, []byte("hash"), want)
			return err
		})
		if got := read(w.store.EnrolmentToken(w.ctx, []byte("hash")))(w); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		_, err := w.store.EnrolmentToken(w.ctx, []byte("hasH"))
		wantCode(t, err, fleet.NotFound)
		use := func(ctx ctx, tx control.Tx) error { return tx.UseEnrolmentToken(ctx, want.ID, "7076FF", w.now) }
		w.write(use)
		w.refused(fleet.Conflict, use)
		want.UsedAt, want.DeviceKey = w.now, "7076FF"
		if got := read(w.store.EnrolmentTokens(w.ctx, page))(w); len(got) != 1 || got[0] != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		w.refused(fleet.NotFound, func(ctx ctx, tx control.Tx) error { return tx.UseEnrolmentToken(ctx, 99, "x", w.now) })
		w.refused(fleet.Conflict, func(ctx ctx, tx control.Tx) error {
			_, err := tx.InsertEnrolmentToken(ctx, []byte("hash"), want)
			return err
		})
	}},
}
