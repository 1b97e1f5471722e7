# The library as a file: names, versions, header, size, what it needs, and Debian's programs that
# bind all names when they start. Needs neither root nor a guest. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

exports_size=$((284 * 1024))

part_exports() {
  local file=$library/libdevmapper.so.1.02.1 soname
  if [ "$library" = stock ]; then
    skip 'exports of ours' "Debian's library is not ours"
    exports_programs "$(dirname -- "$debian")"
    return
  fi
  for soname in libdevmapper.so.1.02.1 libdevmapper.so.1.02; do
    prints "exports: soname $soname" "$soname" \
      bash -c "readelf -d '$library/$soname' | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p'"
    exports_names "$library/$soname"
    prints "exports: $soname needs libc.so.6 alone" libc.so.6 \
      bash -c "readelf -d '$library/$soname' | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p'"
  done
  check 'exports: libdevmapper.so is there' test -e "$library/libdevmapper.so"
  strip -o "$work/stripped" "$file"
  run stat -Lc %s "$work/stripped"
  if [ "$out" -le $exports_size ]; then
    ok "exports: $out bytes, at most $exports_size"
  else
    not_ok "exports: at most $exports_size bytes" "$out"
  fi
  prints 'exports: no part of it is writable and executable' '' \
    bash -c "readelf -lW '$file' | grep -E ' (RWE|WE) '; true"
  exports_header
  exports_programs "$library"
}

# exports-1.02.214.txt: what libdevmapper 1.02.214 exports, from nm. Each line is `name@@node func`,
# `name@node func` for a variant of an older version, or ... `data`.
exports_wanted() { LC_ALL=C sort "$here/exports-1.02.214.txt"; }
exports_names() { # LIBRARY
  exports_wanted > "$work/wanted"
  prints "exports: ${1##*/}: 464 names are wanted, in 28 nodes" '464 28' \
    echo "$(wc -l < "$work/wanted") $(sed 's/.*@//; s/ .*//' "$work/wanted" | sort -u | wc -l)"
  nm -D --with-symbol-versions --defined-only "$1" |
    awk '$2 != "A" {print $3, ($2 == "T" || $2 == "W" || $2 == "i" ? "func" : "data")}' |
    LC_ALL=C sort > "$work/exported"
  prints "exports: ${1##*/}: they are the names and versions that it exports" '' \
    diff "$work/wanted" "$work/exported"
}

exports_header() {
  local include=$here/../../../include/libdm header
  header=$include/libdevmapper.h
  check 'exports: the header has every prototype, constant and layout' \
    gcc -fsyntax-only "-I$include" "$here/header.c"
  check 'exports: it is C++ too' g++ -x c++ -std=c++11 -Wall -Wextra -Werror -fsyntax-only "$header"
  check 'exports: it is C11 without warnings' \
    gcc -x c -std=c11 -Wall -Wextra -Werror -fsyntax-only "$header"
  # multipath-tools looks for prototypes in its text.
  for name in dm_task_no_flush dm_task_get_errno dm_task_set_cookie dm_task_deferred_remove \
    dm_hold_control_dev; do
    check "exports: a line of the header begins with the prototype of $name" \
      grep -qE "^[a-z]+ $name\(" "$header"
  done
}

exports_programs() { # FOLDER
  local program path found trees=$programs/debian/usr
  for program in cryptsetup veritysetup integritysetup kpartx multipath parted grub-probe \
    dmsetup; do
    if ! path=$(PATH=$trees/sbin:$PATH command -v $program); then
      skip "exports: $program binds" "there is no $program"
      continue
    fi
    found=$(LD_LIBRARY_PATH=$1:$trees/lib:$trees/lib/x86_64-linux-gnu LD_BIND_NOW=1 \
      ldd -r "$path" 2>&1)
    if grep -qF "=> $1/libdevmapper.so" <<< "$found" &&
        ! grep -E 'undefined symbol|version .* not found|not found \(required'\
'|no version information' <<< "$found" > "$work/out"; then
      ok "exports: $program binds"
    else
      not_ok "exports: $program binds" "$found"
    fi
  done
}
