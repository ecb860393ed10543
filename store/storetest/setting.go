package storetest

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var settingTests = []test{
	{"is kept and replaced", func(t *testing.T, w *world) {
		_, err := w.store.Setting(w.ctx, "key")
		wantCode(t, err, fleet.NotFound)
		for _, want := range [][]byte{{0, 255, 1}, {}, []byte("x")} {
			w.write(func(ctx ctx, tx control.Tx) error { return tx.SetSetting(ctx, "key", want) })
			if got := read(w.store.Setting(w.ctx, "key"))(w); !bytes.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		}
	}},
	{"is claimed by one of many", func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		var claims atomic.Int32
		for range 8 {
			wg.Go(func() {
				err := w.store.Write(w.ctx, func(ctx ctx, tx control.Tx) error {
					claimed, err := tx.ClaimSetting(ctx, "key", w.now)
					if err != nil {
						return err
					}
					if !claimed {
						got, err := tx.Setting(ctx, "key")
						if string(got) != "made" {
							t.Errorf("the loser reads %q", got)
						}
						return err
					}
					claims.Add(1)
					return tx.SetSetting(ctx, "key", []byte("made"))
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if claims.Load() != 1 {
			t.Errorf("%d claimed it", claims.Load())
		}
	}},
}
