// Package chroottest runs playbooks with the real tools of Debian: apt,
// useradd, groupadd, systemctl, git, su and the files of a whole machine, in a
// chroot that debootstrap makes. It has tests only.
//
// The chroot is a file system in memory in a mount and PID namespace of its
// own, which the kernel takes down with the test, also when that is killed.
// $SLUICE_CHROOT may name a folder that keeps what debootstrap made, as a tar
// file for each suite, mirror and list of packages.
//
// systemd does not run in a chroot: a unit can be enabled and disabled there,
// not started or stopped. That part of sd_service is tested in package run,
// with a program in the place of systemctl.
package chroottest
