# podman, with images and containers on a thin pool: the graph driver of part driver, in the program
# that users have. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154

part_podman() {
  local program
  if program=$(missing podman crun conmon busybox mkfs.xfs); then
    skip podman "there is no $program"
    return
  fi
  loads podman
  compared podman 12
}

podman_config() {
  export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf \
    CONTAINERS_REGISTRIES_CONF=/dev/null
  mkdir -p /etc/containers
  mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' > /etc/containers/policy.json
  cat > "$CONTAINERS_CONF" <<'END'
[containers]
cgroups = "disabled"
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "crun"
END
  printf '[storage]\ndriver = "devicemapper"\ngraphroot = "%s"\nrunroot = "%s"\n' \
    "$work/storage" "$work/storage-run" > "$CONTAINERS_STORAGE_CONF"
}

steps_podman() {
  # With `test` it makes its pool on loop devices; without it wants a disk for LVM.
  local root=$work/rootfs podman=(podman --log-level error --storage-opt test=true
    --storage-opt dm.fs=xfs --storage-opt dm.basesize=512M
    --storage-opt dm.loopdatasize=1G --storage-opt dm.loopmetadatasize=64M
    --storage-opt dm.mkfsarg=-m --storage-opt dm.mkfsarg=uuid=fedcba98-7654-3210-fedc-ba9876543210)
  podman_config
  rm -rf "$work"/storage "$work"/storage-run
  mkdir -p "$root/bin"
  cp "$(command -v busybox)" "$root/bin/sh"
  tar -C "$root" -cf "$work/rootfs.tar" .
  step 'podman info' 0 \
    "${podman[@]}" info --format '{{.Store.GraphDriverName}} {{.Store.ContainerStore.Number}}'
  step 'podman import' 0 "${podman[@]}" import -q "$work/rootfs.tar" localhost/one:1
  step 'podman image mount' 0 "${podman[@]}" image mount localhost/one:1
  step 'podman image unmount' 0 "${podman[@]}" image unmount localhost/one:1
  step 'podman create' 0 "${podman[@]}" create --name first --network none localhost/one:1 \
    /bin/sh -c 'echo written > /file && cat /file'
  # Its container is taken away by another podman, in the background.
  # shellcheck disable=SC2016
  step 'podman run' 0 \
    bash -c '"$@"; status=$?
      while pgrep -x podman > /dev/null; do sleep 0.2; done
      exit $status' - \
    "${podman[@]}" run --rm --name second --network none localhost/one:1 \
    /bin/sh -c 'echo written > /file && cat /file'
  step 'podman mount' 0 "${podman[@]}" mount first
  step 'podman unmount' 0 "${podman[@]}" unmount first
  step 'podman commit' 0 "${podman[@]}" commit -q first localhost/two:1
  step 'podman rm' 0 "${podman[@]}" rm first
  step 'podman rmi' 0 "${podman[@]}" rmi localhost/two:1 localhost/one:1
  step 'podman rmi again' 1 "${podman[@]}" rmi localhost/one:1
}
