#!/bin/sh
# dracut: sourced again and again until the device of the root file system exists, so it must not
# exit.
/sbin/devmap-boot
