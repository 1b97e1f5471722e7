// An image store on a thin pool, as docker's graph driver keeps one: a base with a file system,
// layers as snapshots of it and of each other, mounted one by one. Everything about it is in one
// directory:
//   DIR/pool         which pool this is: name, id, devices (a record log of one record)
//   DIR/volumes      the volumes (a record log)
//   DIR/data, DIR/metadata   the pool's files, where it was made on files
//   DIR/mnt/NAME     where layers are mounted
//
//   auto layers = Layers::create(context, "/srv/images", {.bytes = 10 << 30});
//   layers->base("debian", Sectors{2097152});
//   auto path = layers->mount("debian");          // fill it
//   layers->unmount("debian");
//   layers->add("app", "debian");
//
// Threading: all members from any thread; one process at a time has a store open. Lifetime: must
// not outlive its context.
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
  std::string name = "layers";  ///< of the pool's device; those of layers begin with it
  std::string data{};  ///< path of a device; empty: a sparse file in the directory behind a loop
                       ///< device, for tests
  std::string metadata{};  ///< the same; both or none. Its first 4096 bytes must be zero
  std::uint64_t bytes =
      0;  ///< of the data file; the metadata file has a 64th of it, at least 4 MiB
  Sectors blockSize{128};
};

struct Layer {
  Volume volume;
  std::string parent;  ///< empty: a base
  bool active = false;
  bool mounted = false;  ///< in this mount namespace, at its place
};

class DEVMAP_API Layers {
 public:
  /// A new store in a directory, which is made where it is missing. alreadyExists: there is one.
  [[nodiscard]] static Result<Layers> create(DeviceMapper& context, std::string_view directory,
                                             const LayersSettings& settings,
                                             Storage& storage = systemStorage()) noexcept;
  /// A store that is there; its pool, and its loop devices, are activated where they are not. busy:
  /// another process has it open.
  [[nodiscard]] static Result<Layers> open(DeviceMapper& context, std::string_view directory,
                                           Recovery* report = nullptr,
                                           Storage& storage = systemStorage()) noexcept;
  Layers(Layers&& other) noexcept;
  Layers& operator=(Layers&&) = delete;
  ~Layers();

  [[nodiscard]] Volumes& volumes() noexcept;
  [[nodiscard]] Result<std::vector<Layer>> list() noexcept;

  /// A volume with an empty ext4 file system (mkfs.ext4 must be installed). It is there with its
  /// file system, or not at all.
  Result<void> base(std::string_view name, Sectors size) noexcept;
  /// A layer that begins as its parent is now. `quota`: size of its device, when larger than the
  /// parent's; the file system is grown the first time it is mounted for writing (resize2fs).
  Result<void> add(std::string_view name, std::string_view parent, Sectors quota = {}) noexcept;
  /// Its device is activated, and mounted at DIR/mnt/NAME; gives that path. One that is mounted
  /// already counts.
  Result<std::string> mount(std::string_view name, bool readOnly = false) noexcept;
  /// One that is not mounted counts. busy: somebody is in there.
  Result<void> unmount(std::string_view name) noexcept;
  /// busy: it is mounted (says where), or other layers were made from it (names one).
  Result<void> remove(std::string_view name, const DeleteOptions& options = {}) noexcept;
  /// Bytes in which a layer differs from its parent; of a base, all it has. Reckoned by thin_delta
  /// (package thin-provisioning-tools) on a metadata snapshot.
  Result<std::uint64_t> diffSize(std::string_view name) noexcept;
  /// Larger devices: of files, both get that size in proportion; of devices, what they have now.
  Result<void> grow(std::uint64_t bytes = 0) noexcept;
  /// All layers unmounted, all devices gone, loop devices detached. The store stays, and open()
  /// finds it.
  Result<void> close() noexcept;
  /// Runs thin_check on the metadata of a store whose pool is not active; what it prints goes to
  /// the standard output. True: all is well. busy: the pool is active. unsupported: thin_check is
  /// not installed.
  [[nodiscard]] static Result<bool> check(DeviceMapper& context, std::string_view directory,
                                          Storage& storage = systemStorage()) noexcept;

 private:
  struct State;
  explicit Layers(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

/// Runs thin_check on a metadata device. busy: a device of the device-mapper stands on it.
/// unsupported: thin_check is not installed.
[[nodiscard]] DEVMAP_API Result<bool> checkPoolMetadata(
    DeviceMapper& context, const BlockDevice& metadata,
    Storage& storage = systemStorage()) noexcept;

}  // namespace devmap
