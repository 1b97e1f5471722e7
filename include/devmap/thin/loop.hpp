// Loop devices: a file as a block device. For tests and small machines: a pool on files is slower
// than one on disks, and is full when their file system is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <devmap/error.hpp>
#include <devmap/kernel.hpp>
#include <devmap/thin/storage.hpp>
#include <devmap/types.hpp>

namespace devmap {

/// A loop device on a file, held open by this object. With LoopSettings::autoclear it is detached
/// when this and everything on it are closed.
class DEVMAP_API LoopDevice {
 public:
  /// Attaches the file to the first free loop device. Races for it, and nodes that appear late, are
  /// retried until `timeout`. Direct I/O is turned off where the file system cannot do it: see
  /// directIo(). unsupported: before Linux 5.8.
  [[nodiscard]] static Result<LoopDevice> attach(std::string_view file,
                                                 const LoopSettings& settings = {},
                                                 Timeout timeout = std::chrono::seconds{5},
                                                 Storage& storage = systemStorage(),
                                                 Kernel& kernel = systemKernel()) noexcept;
  /// Path of a loop device that already serves this file.
  [[nodiscard]] static Result<std::optional<std::string>> find(
      std::string_view file, Storage& storage = systemStorage(),
      Kernel& kernel = systemKernel()) noexcept;
  /// Makes a sparse file of this many bytes. An existing file grows, and never shrinks.
  [[nodiscard]] static Result<void> makeFile(std::string_view file, std::uint64_t bytes,
                                             Storage& storage = systemStorage()) noexcept;
  /// Makes a loop device take the current size of its file.
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
