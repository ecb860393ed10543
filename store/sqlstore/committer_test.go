package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/store/sqlstore"
)

// busy begins a write that goes on until release is called.
func busy(t *testing.T, s *sqlstore.Store) (release func()) {
	t.Helper()
	begun, gate, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		ended <- s.Write(context.Background(), func(ctx context.Context, tx control.Tx) error {
			close(begun)
			<-gate
			return tx.SetSetting(ctx, "busy", nil)
		})
	}()
	<-begun
	return func() {
		close(gate)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestAWriteThatHasNotBegunIsDroppedWithItsCaller(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite::memory:")
	release := busy(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan error)
	go func() {
		answer <- s.Write(ctx, func(ctx context.Context, tx control.Tx) error { return tx.SetSetting(ctx, "late", nil) })
	}()
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	release()
	if _, err := s.Setting(t.Context(), "late"); fleet.CodeOf(err) != fleet.NotFound {
		t.Errorf("got %v", err)
	}
}

func TestAWriteThatHasBegunEndsThoughItsCallerGoes(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite::memory:")
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Write(ctx, func(ctx context.Context, tx control.Tx) error {
		cancel()
		return tx.SetSetting(ctx, "a", []byte("1"))
	})
	if err != nil {
		t.Errorf("got %v", err)
	}
	if got, err := s.Setting(t.Context(), "a"); string(got) != "1" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestWritesThatShareACommitFailAlone(t *testing.T) {
	t.Parallel()
	s := open(t, "sqlite::memory:")
	release := busy(t, s)
	const n = 20
	answers := make(chan error, n)
	for i := range n {
		go func() {
			err := s.Write(context.Background(), func(ctx context.Context, tx control.Tx) error {
				if err := tx.SetSetting(ctx, fmt.Sprint(i), nil); err != nil {
					return err
				}
				switch i % 3 {
				case 1:
					panic("a defect")
				case 2:
					_, err := tx.InsertDevice(ctx, fleet.Device{Key: fmt.Sprint(i), UnitID: 99, State: fleet.DevicePending})
					return err
				}
				return nil
			})
			want := map[int]fleet.Code{0: "", 1: fleet.Internal, 2: fleet.Invalid}[i%3]
			if got := fleet.CodeOf(err); got != want {
				err = fmt.Errorf("write %d: got %w, want code %q", i, err, want)
			} else {
				err = nil
			}
			answers <- err
		}()
	}
	release()
	for range n {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	for i := range n {
		if _, err := s.Setting(t.Context(), fmt.Sprint(i)); (err == nil) != (i%3 == 0) {
			t.Errorf("write %d: got %v", i, err)
		}
	}
}

func TestAClosedStoreRefusesWrites(t *testing.T) {
	t.Parallel()
	s, err := sqlstore.Open(t.Context(), "sqlite::memory:", sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	err = s.Write(t.Context(), func(context.Context, control.Tx) error { return nil })
	if fleet.CodeOf(err) != fleet.Unavailable {
		t.Errorf("got %v", err)
	}
}
