package install

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

func TestARollbackBringsCapabilitiesAndLabelsBack(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		needed(t, "trusted attributes need root")
	}
	d := newDevice(t)
	d.write("etc/one", "old", 0o755)
	path := filepath.Join(d.root, "etc/one")
	check(t, unix.Setxattr(path, "trusted.sluice", []byte{0, 1, 0xff}, 0))
	got := d.run(d.add(manifest(1, one, act("check.command", `{"argv":["false"]}`, sup.Rollback)), files{"m": "new"}))
	value := make([]byte, 16)
	n, err := unix.Getxattr(path, "trusted.sluice", value)
	if got.Result != job.RolledBack || err != nil || string(value[:n]) != "\x00\x01\xff" {
		t.Errorf("%s (%s): attribute %x, %v", got.Result, got.Reason, value[:max(n, 0)], err)
	}
}
