package control_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

func TestADeviceThatFillsTheDiskIsRefusedUntilTheNextDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.MaxDeviceDay = 10
	d, other := w.device("gw", "m"), w.device("other", "m")
	put := func(d fleet.Device, content string) error {
		_, err := w.PutDeviceFile(t.Context(), d, "a.log", nil, strings.NewReader(content))
		return err
	}
	w.must(put(d, "12345678"))
	w.must(put(d, "more"))
	refused(t, put(d, "x"), fleet.Conflict, "cannot store a.log: gw has uploaded 2 files of 12 bytes within a day; try again later")
	w.must(put(other, "x"))
	w.clock.Advance(24 * time.Hour)
	w.must(put(d, "x"))
}

func TestAnUploadWithAWrongChecksumIsNotListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, wrong := w.device("gw", "m"), uint32(1)
	_, err := w.PutDeviceFile(t.Context(), d, "a.log", &wrong, strings.NewReader("x"))
	refused(t, err, fleet.Invalid, "cannot store a.log: crc32 is 2363233923, 1 was announced")
	if list, err := w.Files(t.Context(), w.admin, d.ID, control.Page{Limit: 10}); err != nil || len(list) != 0 {
		t.Errorf("got %v, %v", list, err)
	}
}
