// State of a DeviceMapper, shared by all its tasks and all threads.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <devmap/device_mapper.hpp>
#include <task/kernel_log.hpp>

namespace devmap::detail {

inline constexpr std::size_t commandCount = 18;

struct Context {
  Context(Kernel& kernelOfContext, Options optionsOfContext) noexcept;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context();

  /// The lower half of a new cookie's key, never 0. Derived from a seed drawn when the context is
  /// opened, so that a cookie costs no system call for randomness. Callers must cope with a key
  /// that is taken.
  [[nodiscard]] std::uint16_t nextCookieBase() noexcept;

  /// The udev mode in force. Decided on first use, as tasks that only read never need it.
  [[nodiscard]] const UdevState& udev() noexcept;

  Kernel& kernel;
  Options options;
  int control = -1;
  Version interfaceVersion;
  std::atomic<const UdevState*> udevState{nullptr};  ///< null: not decided yet
  KernelLog log;
  std::atomic<std::uint64_t> cookieSeed{0};
  /// Per command: the size of the last reply, from which the next buffer is sized. Shrinks when
  /// replies do.
  std::array<std::atomic<std::uint32_t>, commandCount> lastReplySize{};
};

}  // namespace devmap::detail
