#!/bin/bash
# Linux 6.1.176 (user-mode-linux 6.1um4+b13), dmsetup 1.02.185: a message to a device that has no
# table succeeds. Nothing takes it: the ioctl returns a positive number, which dmsetup takes for
# success, and ends with 0. Since Linux 6.12 it is refused (EINVAL).
# shellcheck source-path=SCRIPTDIR
. "$(dirname -- "$0")/boot"
unpack user-mode-linux=6.1um4+b13 dmsetup=2:1.02.185-2 libdevmapper1.02.1=2:1.02.185-2
seen=$(boot 'dmsetup create empty --notable --noudevsync
dmsetup message empty 0 any words; echo "exit status $?"')
holds '6.1.176
1.02.185 (2022-05-18)
exit status 0'
