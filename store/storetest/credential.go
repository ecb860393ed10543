package storetest

import (
	"bytes"
	"context"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var credentialTests = []test{
	{"is kept, replaced and deleted", func(t *testing.T, w *world) {
		d := w.device("one")
		_, err := w.store.Credential(w.ctx, d.ID)
		wantCode(t, err, fleet.NotFound)
		for _, want := range []fleet.Credential{
			{DeviceID: d.ID, PasswordHash: []byte{0, 1, 255}},
			{DeviceID: d.ID, PasswordHash: []byte{2}, AppIDHash: []byte{3}},
		} {
			w.write(func(ctx context.Context, tx control.Tx) error { return tx.SetCredential(ctx, want) })
			got := read(w.store.Credential(w.ctx, d.ID))(w)
			if !bytes.Equal(got.PasswordHash, want.PasswordHash) || !bytes.Equal(got.AppIDHash, want.AppIDHash) ||
				(got.AppIDHash == nil) != (want.AppIDHash == nil) || got.DeviceID != d.ID {
				t.Errorf("got %v, want %v", got, want)
			}
		}
		for range 2 {
			w.write(func(ctx context.Context, tx control.Tx) error { return tx.DeleteCredential(ctx, d.ID) })
			_, err = w.store.Credential(w.ctx, d.ID)
			wantCode(t, err, fleet.NotFound)
		}
	}},
}
