// Package chroottest runs playbooks with the real tools of Debian: apt,
// useradd, groupadd, systemctl, git, su and the files of a whole machine, in a
// chroot that debootstrap makes. It has tests only.
//
// systemd does not run in a chroot: a unit can be enabled and disabled there, not
// started or stopped. packaging/systemdtest does that.
package chroottest
