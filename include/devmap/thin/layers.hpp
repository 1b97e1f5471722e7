// An image store on a thin pool, like that of docker's graph driver. A base has a file system.
// Layers are snapshots of it and of each other, and are mounted one by one. One directory holds
// everything:
//  * DIR/pool: which pool this is: name, id, devices (a record log of one record).
//  * DIR/volumes: the volumes (a record log).
//  * DIR/data, DIR/metadata: the pool's files, if it was made on files.
//  * DIR/mnt/NAME: where layers are mounted.
//
//   auto layers = Layers::create(context, "/srv/images", {.bytes = 10 << 30});
//   layers->base("debian", Sectors{2097152});
//   auto path = layers->mount("debian");  // fill it
//   layers->unmount("debian");
//   layers->add("app", "debian");
//
// Threading: all members from any thread; only one process at a time has a store open. Lifetime:
// must not outlive its context.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/error.hpp>
#include <devmap/thin/pool.hpp>
#include <devmap/thin/storage.hpp>
#include <devmap/thin/volumes.hpp>

namespace devmap {

struct LayersSettings {
  std::string name = "layers";  ///< name of the pool's device; names of layer devices begin with it
  std::string data{};           ///< path of a device; empty: a loop device on a sparse file in the
                                ///< directory, for tests
  std::string metadata{};  ///< the same; set both or neither. Its first 4096 bytes must be zero
  std::uint64_t bytes =
      0;  ///< size of the data file; the metadata file is a 64th of it, at least 4 MiB
  Sectors blockSize{128};
};

struct Layer {
  Volume volume;
  std::string parent;  ///< empty: a base
  bool active = false;
  bool mounted = false;  ///< at DIR/mnt/NAME, in this mount namespace
};

class DEVMAP_API Layers {
 public:
  /// Makes a new store in a directory, which is created if missing. alreadyExists: there is one.
  [[nodiscard]] static Result<Layers> create(DeviceMapper& context, std::string_view directory,
                                             const LayersSettings& settings,
                                             Storage& storage = systemStorage()) noexcept;
  /// Opens an existing store. Activates its pool and loop devices where they are not active. busy:
  /// another process has it open.
  [[nodiscard]] static Result<Layers> open(DeviceMapper& context, std::string_view directory,
                                           Recovery* report = nullptr,
                                           Storage& storage = systemStorage()) noexcept;
  Layers(Layers&& other) noexcept;
  Layers& operator=(Layers&&) = delete;
  ~Layers();

  [[nodiscard]] Volumes& volumes() noexcept;
  [[nodiscard]] Result<std::vector<Layer>> list() noexcept;

  /// Makes a volume with an empty ext4 file system (mkfs.ext4 must be installed). It exists with
  /// its file system, or not at all.
  Result<void> base(std::string_view name, Sectors size) noexcept;
  /// Makes a layer that starts as a copy of its parent's current state. `quota`: size of its
  /// device, when larger than the parent's. The file system is grown when the layer is first
  /// mounted for writing (resize2fs).
  Result<void> add(std::string_view name, std::string_view parent, Sectors quota = {}) noexcept;
  /// Activates the device of a layer and mounts it at DIR/mnt/NAME; returns that path. A layer that
  /// is already mounted is success.
  Result<std::string> mount(std::string_view name, bool readOnly = false) noexcept;
  /// A layer that is not mounted is success. busy: a process is using it.
  Result<void> unmount(std::string_view name) noexcept;
  /// busy: it is mounted (the detail says where), or other layers were made from it (the detail
  /// names one).
  Result<void> remove(std::string_view name, const DeleteOptions& options = {}) noexcept;
  /// Number of bytes in which a layer differs from its parent; for a base, all that it has.
  /// Computed by thin_delta (package thin-provisioning-tools) on a metadata snapshot.
  Result<std::uint64_t> diffSize(std::string_view name) noexcept;
  /// Grows the pool. On files: the data file gets this size, the metadata file in proportion. On
  /// devices: takes their current size.
  Result<void> grow(std::uint64_t bytes = 0) noexcept;
  /// Unmounts all layers, removes all devices and detaches the loop devices. The store remains, and
  /// open() finds it.
  Result<void> close() noexcept;
  /// Runs thin_check on the metadata of a store whose pool is not active. Its output goes to
  /// standard output. True: the check found no errors. busy: the pool is active. unsupported:
  /// thin_check is not installed.
  [[nodiscard]] static Result<bool> check(DeviceMapper& context, std::string_view directory,
                                          Storage& storage = systemStorage()) noexcept;

 private:
  struct State;
  explicit Layers(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

/// Runs thin_check on a metadata device. busy: a device-mapper device uses it. unsupported:
/// thin_check is not installed.
[[nodiscard]] DEVMAP_API Result<bool> checkPoolMetadata(
    DeviceMapper& context, const BlockDevice& metadata,
    Storage& storage = systemStorage()) noexcept;

}  // namespace devmap
