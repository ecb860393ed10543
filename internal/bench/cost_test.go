package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// cost is processor time, user and system, which says more than the clock on a
// machine that does other things too.
type cost struct {
	self     time.Duration // of this process: server and load
	database time.Duration // of the processes below it: PostgreSQL
}

func (c cost) all() time.Duration { return c.self + c.database }

func spent(b *testing.B) cost {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return cost{time.Duration(u.Utime.Nano() + u.Stime.Nano()), below(os.Getpid())}
}

// each is the cost of one of n operations since before.
func (c cost) each(before cost, n int) cost {
	return cost{(c.self - before.self) / time.Duration(n), (c.database - before.database) / time.Duration(n)}
}

// below adds up what the processes below one have used, from /proc. A server
// that was not started from here (testpg.Env) is not among them.
func below(pid int) time.Duration {
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is valid
	used, children := map[int]time.Duration{}, map[int][]int{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			continue // it has ended
		}
		var state string
		var id, parent, skip int
		var user, system time.Duration
		fmt.Sscan(string(text), &id)
		// Behind the name in brackets: state, parent, ten others, user, system.
		rest := string(text[bytes.LastIndexByte(text, ')')+1:])
		fmt.Sscan(rest, &state, &parent, &skip, &skip, &skip, &skip, &skip, &skip, &skip, &skip, &skip, &user, &system)
		const tick = 10 * time.Millisecond
		used[id] = (user + system) * tick
		children[parent] = append(children[parent], id)
	}
	var sum func(pid int) time.Duration
	sum = func(pid int) (total time.Duration) {
		for _, child := range children[pid] {
			total += used[child] + sum(child)
		}
		return total
	}
	return sum(pid)
}
