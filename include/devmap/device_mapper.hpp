// The context: one open control node, the handling of nodes and udev, and the Kernel it uses.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <devmap/error.hpp>
#include <devmap/kernel.hpp>
#include <devmap/name.hpp>
#include <devmap/types.hpp>
#include <devmap/udev.hpp>

namespace devmap {

namespace detail {
struct Context;
}

/// Ownership and mode of the nodes that devmap makes where udev does not. They do not apply to
/// links (`/dev/mapper/NAME -> ../dm-N`).
struct NodeAttributes {
  std::uint32_t mode = 0600;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

struct Options {
  UdevMode udevMode = UdevMode::automatic;
  std::string directory = "/dev/mapper";  ///< holds `control` and the names; absolute
  NodeAttributes nodes{};
  /// Of every name and uuid that tasks and operations take or return.
  NameMangling mangling = NameMangling::none;
  /// With NameMangling::none: new names may have any byte. Nodes and links get the mangled form.
  bool anyNewName = false;
  /// Of the functions that wait for udev themselves (createPool, ...).
  Timeout udevTimeout = std::chrono::seconds{30};
  bool readKernelLog = true;  ///< let errors carry the kernel's message from /dev/kmsg
};

/// A context. Opening it opens the control node and asks for the interface version. So "no
/// device-mapper" and "no permission" are found here, and not in the middle of an operation.
/// Threading: any number of threads may use one context at the same time, each with its own tasks
/// and cookies. Lifetime: must outlive its tasks.
class DEVMAP_API DeviceMapper {
 public:
  /// The kernel of this machine. Errors: noDeviceMapper, permissionDenied, unsupported (interface
  /// major other than 4).
  [[nodiscard]] static Result<DeviceMapper> open(Options options = {}) noexcept;
  /// Uses another Kernel, such as a fake or a tracer. It must outlive the context.
  [[nodiscard]] static Result<DeviceMapper> open(Kernel& kernel, Options options = {}) noexcept;
  /// The context of the free functions: opened on first use with default options, shared by all
  /// threads, never closed. A failed open is retried on the next call. Never null on success.
  [[nodiscard]] static Result<DeviceMapper*> system() noexcept;
  /// For tests: what system() returns from now on; null restores the real context. Must outlive its
  /// use. Not thread-safe.
  static void replaceSystem(DeviceMapper* replacement) noexcept;

  DeviceMapper(DeviceMapper&& other) noexcept;
  DeviceMapper& operator=(DeviceMapper&& other) noexcept;
  ~DeviceMapper();

  /// Version of the kernel's ioctl interface.
  [[nodiscard]] Version interfaceVersion() const noexcept;
  /// The udev mode in force. It is decided on first need: here, or by an operation that involves
  /// udev.
  [[nodiscard]] UdevState udevState() const noexcept;
  /// Decides the udev mode again, e.g. after udevd was started. Not while other threads run tasks.
  void detectUdev() noexcept;
  /// Uses another udev mode from now on; `automatic` decides again. Cookies in use keep theirs. Not
  /// while other threads run tasks.
  void setUdevMode(UdevMode mode) noexcept;
  [[nodiscard]] const Options& options() const noexcept;
  [[nodiscard]] Kernel& kernel() const noexcept;
  /// The descriptor of the control node. After a DeviceArmPoll task it polls readable (POLLIN) when
  /// a device is created, removed, renamed or resumed, or its event number rises (Linux 4.14). The
  /// context owns it. What it has seen is shared by all who poll it; an EventMonitor has its own.
  [[nodiscard]] int controlFd() const noexcept;

 private:
  friend class Task;
  friend class UdevCookie;
  explicit DeviceMapper(std::unique_ptr<detail::Context> context) noexcept;
  std::unique_ptr<detail::Context> context_;
};

}  // namespace devmap
