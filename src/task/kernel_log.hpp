// The kernel's own sentence about a failure, from its log.
#pragma once

#include <array>
#include <atomic>
#include <optional>
#include <string>

#include <devmap/kernel.hpp>
#include <devmap/types.hpp>

namespace devmap::detail {

/// A few open readers of the kernel log. Each is lent to one operation at a time, which sees what
/// was logged since it began, whatever other threads read. Costs an operation one system call.
class KernelLog {
 public:
  KernelLog(Kernel& kernel, bool enabled) noexcept : kernel_(kernel), enabled_(enabled) {}
  KernelLog(const KernelLog&) = delete;
  KernelLog& operator=(const KernelLog&) = delete;
  ~KernelLog();

  /// One operation's view of the log, from construction on. Does nothing if the log cannot be read.
  class Session {
   public:
    explicit Session(KernelLog& log) noexcept;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    /// The first device-mapper complaint logged since; empty when there is none. Complaints that
    /// name a device other than `device` are skipped. If the first names no device, the one that
    /// does follows after a `;`. General complaints ("error adding target to table") and lower
    /// levels are used only when there is nothing better.
    [[nodiscard]] std::string sentence(std::optional<DeviceNumber> device) noexcept;

   private:
    KernelLog& log_;
    int fd_ = -1;
  };

 private:
  int borrow() noexcept;
  void giveBack(int fd) noexcept;

  Kernel& kernel_;
  bool enabled_;
  std::array<std::atomic<int>, 4> idle_{-1, -1, -1, -1};
};

}  // namespace devmap::detail
