# Our library mounted over Debian's: all programs get it, the dmsetup that udev's rules call too.
# Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

part_bound() {
  # before ours is in the place of Debian's
  recorded theirs cryptsetup
  missing kpartx multipath sfdisk > /dev/null || recorded theirs kpartx
  with_ours_bound bound_programs
}
bound_programs() {
  ! missing cryptsetup veritysetup integritysetup mkfs.ext4 > /dev/null &&
    compared cryptsetup 34 bound
  ! missing kpartx multipath sfdisk > /dev/null && compared kpartx 12 bound
  bound_dmsetup
  multipath_works
}

bound_dmsetup() {
  local cookie options flags=$((0x0041 << 16 | 0x1234))
  says 'bound: dmsetup version' 0 '^Driver version: +4\.' dmsetup version
  prints 'bound: dmsetup udevflags' "DM_UDEV_DISABLE_DM_RULES_FLAG='1'
DM_UDEV_PRIMARY_SOURCE_FLAG='1'" dmsetup udevflags $flags
  check 'bound: dmsetup udevcreatecookie' dmsetup udevcreatecookie
  cookie=$out
  prints 'bound: the cookie is there' 1 cookies
  check 'bound: dmsetup udevreleasecookie' timeout 20 dmsetup udevreleasecookie "$cookie"
  prints 'bound: the cookie is gone' 0 cookies
  cookie=$(judge udevcreatecookie)
  check 'bound: dmsetup udevcomplete' dmsetup udevcomplete "$cookie"
  says 'bound: the cookie was completed' 0 "$(printf '^0x%x +[0-9]+ +0 ' "$cookie")" \
    judge udevcookies
  judge udevcomplete_all -y > /dev/null
  says 'bound: dmsetup udevcomplete, of none' '[1-9]*' . dmsetup udevcomplete 0xd4d0001
  # As LVM's rules call it.
  prints 'bound: dmsetup splitname' "DM_VG_NAME='vg-a'
DM_LV_NAME='lv'
DM_LV_LAYER='real'" dmsetup splitname --nameprefixes --noheadings --rows vg--a-lv-real LVM

  prints 'bound: dmsetup create' '' \
    timeout 60 dmsetup create line --uuid LINE --addnodeoncreate --table '0 8 zero'
  check 'bound: link, record and device agree' consistent line
  prints 'bound: dmsetup table' '0 8 zero ' dmsetup table line
  prints 'bound: dmsetup status' '0 8 zero ' dmsetup status line
  prints 'bound: dmsetup ls' "line	($major:0)" dmsetup ls
  says 'bound: dmsetup info' 0 '^UUID: LINE$' dmsetup info line
  # Reports, on our library and on Debian's
  prints 'bound: dmsetup info -c' "line:$major:0:LINE" \
    dmsetup info -c --noheadings -o name,major,minor,uuid line
  for options in '--noheadings -o name,major,minor,uuid' '' \
    '-o +uuid,devno --nameprefixes --unquoted' \
    '--rows -o name,attr,segments' '--separator , -O -name -o name,open'; do
    # shellcheck disable=SC2086 # words
    prints "bound: dmsetup info -c $options" "$(judge info -c $options line)" \
      dmsetup info -c $options line
  done
  prints 'bound: dmsetup deps' '0 dependencies	:' bash -c "dmsetup deps line | sed 's/ *\$//'"
  prints 'bound: dmsetup reload' '' dmsetup reload line --table '0 16 error'
  prints 'bound: dmsetup resume' '' timeout 60 dmsetup resume line
  prints 'bound: dmsetup table, all' 'line: 0 16 error ' dmsetup table
  says 'bound: dmsetup create, it exists' 1 \
    'create ioctl on line .*failed: Device or resource busy' \
    timeout 60 dmsetup create line --table '0 8 zero'
  prints 'bound: dmsetup rename' '' timeout 60 dmsetup rename line row
  prints 'bound: dmsetup remove' '' timeout 60 dmsetup remove row
  check 'bound: the node is gone' no_node row
  says 'bound: dmsetup remove again' 1 \
    'remove ioctl on row .*failed: No such device or address' timeout 60 dmsetup remove row
  [ "$library" = stock ] ||
    says 'bound: dmsetup stats says who does not provide it' '[1-9]*' \
      '^libdevmapper: dm_[a-z_]+ is not provided by devmap$' timeout 60 dmsetup stats create none
}
