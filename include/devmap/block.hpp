// An open block device: a backing device that a table row names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <devmap/error.hpp>
#include <devmap/kernel.hpp>
#include <devmap/types.hpp>

namespace devmap {

/// A block device, held open for reading so that it cannot go away or be replaced between a check
/// and its use. Threading: const members from any thread.
class DEVMAP_API BlockDevice {
 public:
  /// Errors: notFound (no such path, or a node without a device), notABlockDevice,
  /// permissionDenied, busy.
  [[nodiscard]] static Result<BlockDevice> open(std::string_view path,
                                                Kernel& kernel = systemKernel()) noexcept;

  BlockDevice(BlockDevice&& other) noexcept;
  BlockDevice& operator=(BlockDevice&& other) noexcept;
  ~BlockDevice();

  /// Current size in bytes; a loop device can change it.
  [[nodiscard]] Result<std::uint64_t> size() const noexcept;
  [[nodiscard]] DeviceNumber number() const noexcept { return number_; }
  /// The path it was opened by.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  BlockDevice(Kernel& kernel, int fd, DeviceNumber number, std::string path) noexcept;
  Kernel* kernel_;
  int fd_;
  DeviceNumber number_;
  std::string path_;
};

/// Size of the block device at `path`, in bytes.
[[nodiscard]] DEVMAP_API Result<std::uint64_t> getBlockDeviceSize(
    std::string_view path, Kernel& kernel = systemKernel()) noexcept;

/// The kernel's name of a block device (`dm-3`, `sda1`; below /dev), from sysfs: it is not opened.
/// Empty: there is none, or sysfs is not mounted.
[[nodiscard]] DEVMAP_API std::string kernelName(DeviceNumber device,
                                                Kernel& kernel = systemKernel()) noexcept;

/// The major number of device-mapper's devices, from /proc/devices: neither the control node nor a
/// privilege is needed. Nothing: this kernel has no device-mapper, or its module is not loaded.
[[nodiscard]] DEVMAP_API std::optional<std::uint32_t> deviceMapperMajor(
    Kernel& kernel = systemKernel()) noexcept;

}  // namespace devmap
