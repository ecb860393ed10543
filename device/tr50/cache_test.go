package tr50

import (
	"strconv"
	"testing"
	"time"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/clock"
)

func TestACacheForgetsWhatWasUnusedForLongest(t *testing.T) {
	t.Parallel()
	now := clock.NewFake(clock.System())
	c := newCache[int](now.Now, time.Minute, 3, 2)
	for i := range 3 {
		c.put(strconv.Itoa(i), 0, i)
	}
	c.use("0")
	c.put("3", 0, 3)
	if _, ok := c.use("1"); ok {
		t.Error("1 was used before 0 and is still there")
	}
	if v, ok := c.use("0"); !ok || v != 0 {
		t.Error("0 is gone")
	}
	now.Advance(time.Minute)
	c.put("4", 0, 4)
	if len(c.byID) != 1 || c.byUse.Len() != 1 {
		t.Errorf("%d entries, want 1: the others are over", len(c.byID))
	}
}

func TestACacheBoundsEachOwner(t *testing.T) {
	t.Parallel()
	now := clock.NewFake(clock.System())
	c := newCache[int](now.Now, time.Minute, 100, 2)
	owner := fleet.DeviceID(7)
	c.put("a", owner, 1)
	c.put("b", owner, 2)
	c.use("a")
	c.put("c", owner, 3)
	if _, ok := c.use("b"); ok {
		t.Error("b was unused for longest and is still there")
	}
	any := func(int) bool { return true }
	if _, ok := c.take("a", any); !ok {
		t.Error("a is gone")
	}
	if _, ok := c.take("a", any); ok {
		t.Error("a was taken twice")
	}
	c.take("c", any)
	if len(c.owners) != 0 {
		t.Errorf("the owners are %v, want none", c.owners)
	}
}
