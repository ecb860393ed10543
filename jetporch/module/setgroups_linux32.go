//go:build linux && (386 || arm)

package module

import "golang.org/x/sys/unix"

// The call without 32 takes groups of 16 bits on these machines.
const sysSetgroups = unix.SYS_SETGROUPS32
