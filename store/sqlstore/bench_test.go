package sqlstore_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/testpg"
	"github.com/sluicehq/sluice/store/sqlstore"
)

const (
	benchDevices = 100_000
	benchBatch   = 256
)

// onBoth runs a benchmark on a file and on PostgreSQL.
func onBoth(b *testing.B, run func(b *testing.B, s *sqlstore.Store)) {
	b.Run("sqlite", func(b *testing.B) { run(b, open(b, "sqlite:"+filepath.Join(b.TempDir(), "sluice.db"))) })
	b.Run("postgres", func(b *testing.B) { run(b, open(b, testpg.URL(b))) })
}

var benchStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func fillDevices(b *testing.B, s *sqlstore.Store, n int) {
	b.Helper()
	const step = 10_000
	for from := 0; from < n; from += step {
		err := s.Write(b.Context(), func(ctx context.Context, tx control.Tx) error {
			for i := range step {
				_, err := tx.InsertDevice(ctx, fleet.Device{
					Key: fmt.Sprintf("7076FF%010X", from+i), Kind: fleet.Gateway, UnitID: fleet.Root, State: fleet.DeviceAccepted, CreatedAt: benchStart,
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkContact takes contacts of random devices with one property each,
// after every device was seen once.
func BenchmarkContact(b *testing.B) {
	onBoth(b, func(b *testing.B, s *sqlstore.Store) {
		fillDevices(b, s, benchDevices)
		var clock atomic.Int64
		send := func(devices []int) {
			at := benchStart.Add(time.Duration(clock.Add(1)) * time.Millisecond)
			batch := make([]control.Contact, len(devices))
			for i, d := range devices {
				batch[i] = control.Contact{
					DeviceID: fleet.DeviceID(d + 1), At: at, Link: fleet.TR50, Telemetry: true,
					Values: []fleet.Value{{Kind: fleet.Property, Key: "temperature", Number: float64(i), At: at}},
				}
			}
			if _, err := s.Contact(context.Background(), batch); err != nil {
				b.Error(err)
			}
		}
		order := rand.New(rand.NewPCG(1, 1)).Perm(benchDevices)
		for from := 0; from+benchBatch <= len(order); from += benchBatch {
			send(order[from : from+benchBatch])
		}
		b.ResetTimer()
		before := cpu(b)
		var next atomic.Int64
		var wg sync.WaitGroup
		for k := range s.Committers() {
			wg.Go(func() {
				rnd := rand.New(rand.NewPCG(uint64(k), 2))
				for next.Add(1) <= int64(b.N) {
					devices := make([]int, benchBatch)
					for i := range devices { // each committer has devices of its own
						devices[i] = rnd.IntN(benchDevices/s.Committers())*s.Committers() + k
					}
					send(devices)
				}
			})
		}
		wg.Wait()
		b.ReportMetric(float64(b.N*benchBatch)/b.Elapsed().Seconds(), "contacts/s")
		b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N*benchBatch), "cpu-µs/contact")
	})
}

// cpu is the processor time of this process, which says more than the clock
// on a machine that does other things too. PostgreSQL's is not in it.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkWrite runs small transactions of 64 writers.
func BenchmarkWrite(b *testing.B) {
	onBoth(b, func(b *testing.B, s *sqlstore.Store) {
		var next atomic.Int64
		var wg sync.WaitGroup
		b.ResetTimer()
		for k := range 64 {
			wg.Go(func() {
				for next.Add(1) <= int64(b.N) {
					err := s.Write(context.Background(), func(ctx context.Context, tx control.Tx) error {
						return tx.SetSetting(ctx, fmt.Sprint(k), []byte("value"))
					})
					if err != nil {
						b.Error(err)
					}
				}
			})
		}
		wg.Wait()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	})
}

// BenchmarkInsertExecutions gives one update to all devices, in transactions
// of 10,000.
func BenchmarkInsertExecutions(b *testing.B) {
	onBoth(b, func(b *testing.B, s *sqlstore.Store) {
		fillDevices(b, s, benchDevices)
		const step = 10_000
		var longest time.Duration
		b.ResetTimer()
		for range b.N {
			var id fleet.UpdateID
			err := s.Write(b.Context(), func(ctx context.Context, tx control.Tx) (err error) {
				id, err = tx.InsertUpdate(ctx, fleet.Update{UnitID: fleet.Root, Type: fleet.SUP, Form: fleet.Command, CreatedAt: benchStart})
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			for from := 0; from < benchDevices; from += step {
				list := make([]fleet.Execution, step)
				for i := range list {
					list[i] = fleet.Execution{
						UpdateID: id, DeviceID: fleet.DeviceID(from + i + 1), State: fleet.Pending, Attempt: 1, CreatedAt: benchStart,
					}
				}
				begun := time.Now()
				err := s.Write(b.Context(), func(ctx context.Context, tx control.Tx) error { return tx.InsertExecutions(ctx, list) })
				if err != nil {
					b.Fatal(err)
				}
				longest = max(longest, time.Since(begun))
			}
		}
		b.ReportMetric(float64(b.N*benchDevices)/b.Elapsed().Seconds(), "executions/s")
		b.ReportMetric(float64(longest.Milliseconds()), "ms-longest-10k")
	})
}

// BenchmarkDevicesPage reads a page of 50 of 100,000 devices, of which one
// unit has nearly all and another has ten.
func BenchmarkDevicesPage(b *testing.B) {
	onBoth(b, func(b *testing.B, s *sqlstore.Store) {
		fillDevices(b, s, benchDevices)
		var large, small fleet.UnitID
		var group fleet.GroupID
		err := s.Write(b.Context(), func(ctx context.Context, tx control.Tx) (err error) {
			if large, err = tx.InsertUnit(ctx, fleet.Unit{ParentID: fleet.Root, Kind: fleet.Channel, Name: "large"}); err != nil {
				return err
			}
			if small, err = tx.InsertUnit(ctx, fleet.Unit{ParentID: fleet.Root, Kind: fleet.Channel, Name: "small"}); err != nil {
				return err
			}
			if group, err = tx.InsertGroup(ctx, fleet.Group{UnitID: fleet.Root, Name: "g"}); err != nil {
				return err
			}
			for i := range benchDevices {
				unit := large
				if i%10_000 == 9_999 {
					unit = small
				}
				if err := tx.PlaceDevice(ctx, fleet.DeviceID(i+1), unit, ""); err != nil {
					return err
				}
			}
			var members []fleet.DeviceID
			for i := range benchDevices / 2 {
				members = append(members, fleet.DeviceID(2*i+1))
			}
			return tx.AddMembers(ctx, group, members)
		})
		if err != nil {
			b.Fatal(err)
		}
		middle := control.Page{After: benchDevices / 2, Limit: 50}
		for _, c := range []struct {
			name   string
			filter control.DeviceFilter
			within []fleet.UnitID
		}{
			{"everywhere", control.DeviceFilter{}, nil}, {"large", control.DeviceFilter{}, []fleet.UnitID{large}},
			{"small", control.DeviceFilter{}, []fleet.UnitID{small}}, {"unit-only", control.DeviceFilter{UnitID: large, UnitOnly: true}, nil},
			{"small-in-large-list", control.DeviceFilter{UnitID: small}, []fleet.UnitID{large, small}},
			{"group", control.DeviceFilter{GroupID: group}, nil}, {"group-in-large", control.DeviceFilter{GroupID: group}, []fleet.UnitID{large}},
			{"version", control.DeviceFilter{Version: "6"}, nil}, {"link", control.DeviceFilter{Link: fleet.DDI}, nil},
		} {
			b.Run(c.name, func(b *testing.B) {
				p := middle
				p.Within = c.within
				before := cpu(b)
				for range b.N {
					if _, err := s.Devices(b.Context(), c.filter, p); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
			})
		}
	})
}
