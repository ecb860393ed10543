package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var writeTests = []test{
	{"a transaction reads its own writes and nobody else does", func(t *testing.T, w *world) {
		w.write(func(ctx context.Context, tx control.Tx) error {
			if err := tx.SetSetting(ctx, "a", []byte("1")); err != nil {
				return err
			}
			got, err := tx.Setting(ctx, "a")
			if string(got) != "1" {
				t.Errorf("got %q, %v", got, err)
			}
			return err
		})
		if got, err := w.store.Setting(w.ctx, "a"); string(got) != "1" {
			t.Errorf("after the commit: got %q, %v", got, err)
		}
	}},
	{"an error leaves nothing and comes back as it was", func(t *testing.T, w *world) {
		mine := errors.New("mine")
		err := w.store.Write(w.ctx, func(ctx context.Context, tx control.Tx) error {
			if err := tx.SetSetting(ctx, "a", nil); err != nil {
				return err
			}
			return mine
		})
		if !errors.Is(err, mine) {
			t.Errorf("got %v", err)
		}
		_, err = w.store.Setting(w.ctx, "a")
		wantCode(t, err, fleet.NotFound)
	}},
	{"a panic leaves nothing and is an internal error", func(t *testing.T, w *world) {
		w.refused(fleet.Internal, func(ctx context.Context, tx control.Tx) error {
			if err := tx.SetSetting(ctx, "a", nil); err != nil {
				return err
			}
			panic("oops")
		})
		_, err := w.store.Setting(w.ctx, "a")
		wantCode(t, err, fleet.NotFound)
	}},
	{"writers beside one that fails are not disturbed", func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		const n = 100
		for i := range n {
			wg.Go(func() {
				err := w.store.Write(w.ctx, func(ctx context.Context, tx control.Tx) error {
					if err := tx.SetSetting(ctx, fmt.Sprint(i), []byte{byte(i)}); err != nil || i%3 != 0 {
						return err
					}
					return fleet.Errorf(fleet.Conflict, "number %d does not want", i)
				})
				if (fleet.CodeOf(err) == fleet.Conflict) != (i%3 == 0) {
					t.Errorf("%d: got %v", i, err)
				}
			})
		}
		wg.Wait()
		for i := range n {
			got, err := w.store.Setting(w.ctx, fmt.Sprint(i))
			if i%3 == 0 {
				wantCode(t, err, fleet.NotFound)
			} else if err != nil || len(got) != 1 || got[0] != byte(i) {
				t.Errorf("%d: got %v, %v", i, got, err)
			}
		}
	}},
	{"a conflict inside a transaction does not spoil the rest of it", func(t *testing.T, w *world) {
		d := w.device("twice")
		w.write(func(ctx context.Context, tx control.Tx) error {
			_, err := tx.InsertDevice(ctx, d)
			wantCode(t, err, fleet.Conflict)
			return tx.SetSetting(ctx, "after", []byte("1"))
		})
		if got, err := w.store.Setting(w.ctx, "after"); string(got) != "1" {
			t.Errorf("got %q, %v", got, err)
		}
	}},
	{"a cancelled caller is told so", func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(w.ctx)
		cancel()
		err := w.store.Write(ctx, func(ctx context.Context, tx control.Tx) error { return tx.SetSetting(ctx, "a", nil) })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		_, err = w.store.Setting(w.ctx, "a")
		wantCode(t, err, fleet.NotFound)
	}},
	{"the store answers a ping and has committers", func(t *testing.T, w *world) {
		if err := w.store.Ping(w.ctx); err != nil || w.store.Committers() < 1 {
			t.Errorf("got %v, %d committers", err, w.store.Committers())
		}
	}},
}
