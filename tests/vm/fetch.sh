# Kernels that are not installed: packages of the archive that apt is configured for, unpacked in a
# cache. Sourced by `run` and `qemu`.
# shellcheck shell=bash disable=SC2034,SC2154

cache=${XDG_CACHE_HOME:-$HOME/.cache}/devmap-vm

# A kernel that cannot be fetched is not a failure of the tests: exit status 77.
no_kernel() { printf 'SKIP - Linux %s: %s\n' "$kernel" "$*" >&2; exit 77; }

# Makes the folder $tree of the cache with FUNCTION, which gets a folder to fill, unless it exists.
# An unfinished one has another name.
keep() {  # keep FUNCTION
  local part=$tree.part
  [[ $cache == /* && $cache != *[[:space:],]* ]] || die "not a good place for kernels: $cache"
  if [[ ! -d $tree ]]; then
    mkdir -p "$cache" && exec 8> "$cache/lock" && flock 8 || die "cannot write to $cache"
    if [[ ! -d $tree ]]; then
      rm -rf "$part"
      mkdir -p "$part/apt" || die "cannot write to $cache"
      # in a subshell: apt's configuration stays there
      ( "$1" "$part" ) || exit
      rm -rf "$part/apt" && mv "$part" "$tree" || die "cannot write to $cache"
    fi
    exec 8>&-
  fi
}

# Makes apt, in the rest of this shell, read a suite of the archive that it is already configured
# for. Lists and caches are in the given folder, so the machine's stay as they are.
# shellcheck disable=SC2016 # apt expands
use_suite() {
  local suite=$1 folder=$2 site key release
  while IFS='|' read -r site key release; do
    [[ $release == *security* ]] || break
  done < <(apt-get indextargets --format '$(SITE)|$(SIGNED_BY)|$(RELEASE)' \
    'Created-By: Packages' 'Component: main')
  [[ $site ]] || no_kernel "no Debian archive in the configured apt sources"
  if [[ $key == /* ]]; then key="[signed-by=$key]"; else key=''; fi
  mkdir -p "$folder"/{lists,cache/archives}/partial &&
    echo "deb $key $site $suite main" > "$folder/list" &&
    cat > "$folder/conf" <<CONF || die "cannot write to $folder"
Dir::Etc::SourceList "$folder/list";
Dir::Etc::SourceParts "-";
Dir::State::Lists "$folder/lists";
Dir::Cache "$folder/cache";
Acquire::Languages "none";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
  export APT_CONFIG=$folder/conf
  # without --error-on=any a suite that cannot be read is only a warning
  apt-get -q update --error-on=any >&2 || no_kernel "cannot read the suite $suite"
}

# Downloads packages and unpacks them into a folder made by keep.
unpack() {  # unpack FOLDER PACKAGE...
  local folder=$1 package
  shift
  for package; do
    printf '%s: fetching %s\n' "${0##*/}" "$package" >&2
    (cd "$folder/apt" && apt-get -q download "$package" &&
      dpkg-deb -x ./*.deb "$folder" && rm ./*.deb) < /dev/null >&2 ||
      no_kernel "cannot fetch the package $package"
  done
}
