# The queue of udevd. Sourced by suites that stop it.
# shellcheck shell=bash

# After `udevadm control --stop-exec-queue`. Once, on a busy machine, the queue stood still until the next start (udevd 252):
# so it is started again while it does.
udev_goes_on() {
  local _
  for _ in 1 2 3 4 5; do
    udevadm control --start-exec-queue
    udevadm settle --timeout 30 && return
  done
  return 1
}
