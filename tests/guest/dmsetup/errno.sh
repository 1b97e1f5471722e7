# The errno in the first line, for programs that know only the exit status and the output. Sourced
# by run. Read as containerd's snapshotter reads it (plugins/snapshots/devmapper/dmsetup/dmsetup.go:
# parseDmsetupError, tryGetUnixError). It takes the first line of standard output and standard error
# together. What follows the last `failed: `, in lower case, is looked up among the texts of
# strerror. A line that ends in `not found` is ENXIO.
# shellcheck shell=bash disable=SC2154

# errno_of COMMAND...: the errno that such a program finds, or the line in which it finds none
errno_of() {
  local line text
  line=$("$@" 2>&1 < /dev/null | head -n 1)
  case $line in
    *'not found') text='no such device or address' ;;
    *'failed: '*) text=${line##*failed: } ;;
    *) text="none in: $line" ;;
  esac
  case ${text,,} in # strerror of glibc, in lower case
    'no such file or directory') echo ENOENT ;;
    'no such device or address') echo ENXIO ;;
    'device or resource busy') echo EBUSY ;;
    'file exists') echo EEXIST ;;
    'no such device') echo ENODEV ;;
    'invalid argument') echo EINVAL ;;
    'no data available') echo ENODATA ;;
    *) echo "$text" ;;
  esac
}
found() { # ERRNO NAME DMSETUP OURS
  if [ "$3" = "$1" ] && [ "$4" = "$1" ]; then
    ok "errno of $2: $1"
  else
    not_ok "errno of $2: $1" "dmsetup: $3" "ours: $4"
  fi
}
# finds ERRNO NAME ARGUMENT...: with dmsetup and with ours
finds() { found "$1" "$2" "$(errno_of dmsetup "${@:3}")" "$(errno_of "$ours" "${@:3}")"; }
# wrong_size PROGRAM: on resume the kernel finds that a table extends past the end of a device, and
# leaves the device suspended
wrong_size() {
  "$theirs" load one --table '0 1024 linear /dev/mapper/pool 999999'
  errno_of "$1" resume one
  "$theirs" resume one
}

data=$(loop_device 16M) meta=$(loop_device 16M)
dmsetup create pool --table "0 16384 thin-pool $meta $data 128 0"
dmsetup message pool 0 'create_thin 1'
dmsetup create one -u TEST-one --table '0 1024 thin /dev/mapper/pool 1'
finds EBUSY 'create twice' create one --table '0 8 zero'
finds EBUSY 'a uuid that is taken' create other -u TEST-one --table '0 8 zero'
finds EEXIST 'a thin id that is taken' message pool 0 'create_thin 1'
finds ENODATA 'a thin id that is not there' message pool 0 'delete 7'
finds EBUSY 'delete of an active thin device' message pool 0 'delete 1'
finds EINVAL 'a transaction that is another one' message pool 0 'set_transaction_id 5 6'
finds EINVAL 'a reload of rows that leave a gap' load one --table '8 1016 zero'
# Seen on 6.1.176; 6.12.113 and 7.2.7 say ENOENT.
case $(uname -r) in 6.1.*) missing=ENODEV ;; *) missing=ENOENT ;; esac
finds $missing 'a reload with a device that is not there' \
  load one --table '0 1024 linear /dev/nosuch 0'
found EINVAL 'a reload of the wrong size' "$(wrong_size dmsetup)" "$(wrong_size "$ours")"
finds EINVAL 'a new device larger than its data' create other --table "0 99999999 linear $data 0"
finds EBUSY 'remove of a pool in use' remove pool
exec 8< /dev/mapper/one
finds EBUSY 'remove of an open device' remove one
exec 8<&-
for verb in remove suspend resume; do
  finds ENXIO "$verb of a device that is not there" $verb absent
  finds ENXIO "$verb of a path that is not there" $verb /dev/mapper/absent
done
finds ENXIO 'status of a path that is not there' status /dev/mapper/absent
finds 'none in: Device does not exist.' 'status of a device that is not there' status absent
finds ENXIO 'table of a device that is not there' table absent
dmsetup remove one
dmsetup remove pool
losetup -d "$data"
losetup -d "$meta"
