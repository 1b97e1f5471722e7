// Loop devices: a file as a block device. For tests and small machines; a pool on files under a
// file system is slower than on disks, and full when that file system is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <devmap/error.hpp>
#include <devmap/kernel.hpp>
#include <devmap/thin/storage.hpp>
#include <devmap/types.hpp>

namespace devmap {

/// A loop device on a file. Held open by this object: with LoopSettings::autoclear it is detached
/// when this and everything on it are closed.
class DEVMAP_API LoopDevice {
 public:
  /// The first free one. Races with others for it, and nodes that appear late, are tried again
  /// until `timeout`. Where the file system cannot do direct I/O, it is done without: see
  /// directIo(). unsupported: before Linux 5.8.
  [[nodiscard]] static Result<LoopDevice> attach(std::string_view file,
                                                 const LoopSettings& settings = {},
                                                 Timeout timeout = std::chrono::seconds{5},
                                                 Storage& storage = systemStorage(),
                                                 Kernel& kernel = systemKernel()) noexcept;
  /// Path of a loop device that is on this file already.
  [[nodiscard]] static Result<std::optional<std::string>> find(
      std::string_view file, Storage& storage = systemStorage(),
      Kernel& kernel = systemKernel()) noexcept;
  /// A sparse file of this many bytes; one that is there grows, and never shrinks.
  [[nodiscard]] static Result<void> makeFile(std::string_view file, std::uint64_t bytes,
                                             Storage& storage = systemStorage()) noexcept;
  /// Has a loop device take the size that its file has now.
  [[nodiscard]] static Result<void> resize(std::string_view path,
                                           Storage& storage = systemStorage()) noexcept;

  LoopDevice(LoopDevice&& other) noexcept;
  LoopDevice& operator=(LoopDevice&&) = delete;
  ~LoopDevice();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] bool directIo() const noexcept { return directIo_; }

 private:
  LoopDevice(Storage& storage, std::string path, int fd, bool directIo) noexcept;
  Storage* storage_;
  std::string path_;
  int fd_;
  bool directIo_;
};

}  // namespace devmap
