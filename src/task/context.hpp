// What a DeviceMapper holds: shared by all its tasks and all threads.
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

  /// The lower half of a new cookie's key, never 0. From a seed drawn when the context was opened,
  /// so that a cookie costs no system call for randomness; who uses it must cope with a taken key
  /// anyway.
  [[nodiscard]] std::uint16_t nextCookieBase() noexcept;

  /// The udev mode in force: decided when it is first asked for, as what only looks never needs it.
  [[nodiscard]] const UdevState& udev() noexcept;

  Kernel& kernel;
  Options options;
  int control = -1;
  Version interfaceVersion;
  std::atomic<const UdevState*> udevState{nullptr};  ///< null: not decided yet
  KernelLog log;
  std::atomic<std::uint64_t> cookieSeed{0};
  /// Per command: the size of the last reply, which the next reply buffer starts from. Follows
  /// shrinking replies too.
  std::array<std::atomic<std::uint32_t>, commandCount> lastReplySize{};
};

}  // namespace devmap::detail
