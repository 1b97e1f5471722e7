# The queue of udevd. Sourced by suites that stop it.
# shellcheck shell=bash

# After `udevadm control --stop-exec-queue`. Once, on a busy machine, the queue stayed stopped after
# it was started again (udevd 252). So it is started again until it runs.
udev_goes_on() {
  local _
  for _ in 1 2 3 4 5; do
    udevadm control --start-exec-queue
    udevadm settle --timeout 30 && return
  done
  return 1
}
