package module

import (
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// become gives the calling thread, and no other, the identity of a user as
// far as files are concerned (setfsuid(2)).
func become(id identity) error {
	var list unsafe.Pointer
	if len(id.groups) > 0 {
		list = unsafe.Pointer(&id.groups[0])
	}
	if _, _, e := syscall.RawSyscall(sysSetgroups, uintptr(len(id.groups)), uintptr(list), 0); e != 0 {
		return fmt.Errorf("cannot act as %s: its groups cannot be taken: %w", id.name, e)
	}
	if err := unix.Setfsgid(int(id.gid)); err != nil {
		return fmt.Errorf("cannot act as %s: %w", id.name, err)
	}
	if err := unix.Setfsuid(int(id.uid)); err != nil {
		return fmt.Errorf("cannot act as %s: %w", id.name, err)
	}
	if now, err := unix.SetfsuidRetUid(-1); err != nil || now != int(id.uid) {
		return fmt.Errorf("cannot act as %s: the system did not take the change", id.name)
	}
	return nil
}
