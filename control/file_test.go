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

func TestADeviceFindsNoFileOfAnotherUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	acme, other := w.unit(fleet.Root, fleet.Customer, "Acme"), w.unit(fleet.Root, fleet.Customer, "Other")
	mine := w.checks("mine", w.unit(acme, fleet.OU, "Roof"))
	upload := func(a control.Actor) fleet.File {
		f, err := w.Upload(t.Context(), a, "plan.txt", strings.NewReader(a.Name()))
		w.must(err)
		return f
	}
	find := func() (fleet.File, error) {
		d, err := w.Store.Device(t.Context(), mine.ID)
		w.must(err)
		return w.DeviceFile(t.Context(), d, "plan.txt", true)
	}
	upload(w.user("bob", fleet.ChannelAdministrator, other))
	if f, err := find(); fleet.CodeOf(err) != fleet.NotFound {
		t.Errorf("a file of another customer is found: %+v, %v", f, err)
	}
	above := upload(w.admin)
	if f, err := find(); err != nil || f != above {
		t.Errorf("a file of a unit above: got %+v, %v", f, err)
	}
	own := upload(w.user("ada", fleet.ChannelAdministrator, acme))
	upload(w.user("eve", fleet.ChannelAdministrator, other))
	if f, err := find(); err != nil || f != own {
		t.Errorf("a newer file of another customer shadows one's own: got %+v, %v", f, err)
	}
}
