package bench

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"
)

// cost is processor time, which says more than the clock on a machine that
// does other things too.
type cost struct {
	self    time.Duration // of this process, user and system
	machine time.Duration // of all processes; 0 where /proc does not say
}

func spent(b *testing.B) cost {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return cost{self: time.Duration(u.Utime.Nano() + u.Stime.Nano()), machine: machineBusy()}
}

// machineBusy reads /proc/stat, which counts in hundredths of a second: user,
// nice, system, idle, iowait, irq, softirq.
func machineBusy() time.Duration {
	const tick = 10 * time.Millisecond
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	var user, nice, system, idle, iowait, irq, softirq time.Duration
	if _, err := fmt.Sscanf(string(text), "cpu %d %d %d %d %d %d %d", &user, &nice, &system, &idle, &iowait, &irq, &softirq); err != nil {
		return 0
	}
	return (user + nice + system + irq + softirq) * tick
}

// each is the cost of one of n operations since before.
func (c cost) each(before cost, n int) cost {
	return cost{(c.self - before.self) / time.Duration(n), (c.machine - before.machine) / time.Duration(n)}
}
