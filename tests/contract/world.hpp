// Where a contract test runs: a fresh FakeKernel, or this machine's kernel with separate loop
// devices.
//
//  DEVMAP_CONTRACT=real          this kernel, as root; anything else: FakeKernel
//  DEVMAP_CONTRACT_INTERFACE=47  FakeKernel with interface 4.47.0
//  DEVMAP_CONTRACT_UDEV=MODE     FakeKernel with udevd off (default), immediate or deferred
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/devmap.hpp>
#include <devmap/fake/kernel.hpp>

namespace contract {

/// A zeroed block device.
struct Disk {
  std::string path;
  devmap::DeviceNumber number;
  std::uint64_t bytes = 0;
  int fd = -1;  ///< keeps a loop device alive
};

/// What must be the same before and after.
struct Usage {
  std::map<std::string, std::string> devices;  ///< name, number
  std::set<std::string> nodes;                 ///< under /dev/mapper
  std::set<int> cookies;        ///< ids of semaphore sets with the key of a udev cookie
  std::size_t descriptors = 0;  ///< except those of the world's disks
  friend bool operator==(const Usage&, const Usage&) = default;
};

class World {
 public:
  World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  /// Removes the devices whose name() the test asked for, if any are left.
  ~World();

  [[nodiscard]] static bool real();
  [[nodiscard]] devmap::Kernel& kernel() const { return *kernel_; }
  /// Null on the real kernel.
  [[nodiscard]] devmap::FakeKernel* fake() const { return fake_.get(); }
  /// Minor version of the interface 4.x.
  [[nodiscard]] std::uint32_t minor() const { return minor_; }
  /// Rules of names, alignment and errnos of devices in tables as since 6.4 (interface 4.48).
  [[nodiscard]] bool strict() const { return minor_ >= 48; }
  [[nodiscard]] bool udev() const { return devmap::udevRunning(*kernel_); }
  /// A control descriptor for raw ioctls, open as long as the world exists.
  [[nodiscard]] int control() const { return control_; }

  Disk disk(std::uint64_t bytes = std::uint64_t{16} << 20);
  /// Path of a regular file, and of a character device.
  std::string file(std::string_view text = {});
  static const char* characterDevice() { return "/dev/null"; }
  /// A block device number without a device.
  static constexpr devmap::DeviceNumber nothing{240, 77};

  /// A device name for this test; `tag` distinguishes several.
  std::string name(std::string_view tag = "a");
  [[nodiscard]] Usage usage() const;
  /// Waits until udevd is idle.
  void settle() const;

 private:
  void removeLeftovers();

  std::unique_ptr<devmap::FakeKernel> fake_;
  devmap::Kernel* kernel_ = nullptr;
  int control_ = -1;
  std::uint32_t minor_ = 0;
  std::vector<Disk> disks_;
  std::vector<std::string> files_;
  std::set<std::string> names_;
};

/// Checks on destruction that usage is what it was on construction. A context keeps a descriptor of
/// the kernel log after its first error: do not compare descriptors while one is open.
class NothingLeft {
 public:
  enum class Descriptors : std::uint8_t { same, ignored };
  explicit NothingLeft(const World& world, Descriptors descriptors = Descriptors::same);
  ~NothingLeft();
  NothingLeft(const NothingLeft&) = delete;
  NothingLeft& operator=(const NothingLeft&) = delete;

 private:
  const World& world_;
  Descriptors descriptors_;
  Usage before_;
};

/// What the kernel logged since its start.
class LogWatch {
 public:
  explicit LogWatch(const World& world);
  ~LogWatch();
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;

  /// All messages of the device-mapper, one a line.
  std::string text();

 private:
  const World& world_;
  int fd_ = -1;
  std::string text_;
};

}  // namespace contract
