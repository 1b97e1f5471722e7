// State of one fake kernel. All of it is guarded by `mutex`.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <devmap/fake/kernel.hpp>
#include <fake/faults.hpp>
#include <fake/kernel_log.hpp>
#include <fake/mapper/mapper.hpp>
#include <fake/nodes.hpp>
#include <fake/semaphores.hpp>
#include <fake/udev.hpp>

namespace devmap::fake {

struct Disk {
  std::string name;  ///< last part of its path, as the kernel logs it
  std::uint64_t bytes = 0;
  bool claimed = false;
};

struct Descriptor {
  enum class Kind : std::uint8_t { control, block, log } kind = Kind::control;
  std::uint32_t seenEventNr = 0;  ///< control
  bool mapper = false;            ///< control: the device-mapper's, not another file
  DeviceNumber device;            ///< block
  std::size_t logPosition = 0;
  std::size_t logLosses = 0;  ///< how many of Machine::logLosses it has seen
};

enum class WaitResult : std::uint8_t { done, timedOut, interrupted };

struct Machine {
  mutable std::mutex mutex;
  std::condition_variable changed;

  Version interfaceVersion{4, 50, 0};
  bool present = true;
  FakePrivilege privilege = FakePrivilege::root;

  std::map<DeviceNumber, Disk> disks;
  Nodes nodes;
  std::map<std::string, std::string, std::less<>> fileTexts{{"/proc/self/mountinfo", ""},
                                                            {"/proc/swaps", ""}};
  /// Whether a process holds each; udevd's are not here.
  std::map<std::string, bool, std::less<>> sockets;
  Semaphores semaphores;
  Udev udev;
  KernelLog log;
  std::size_t logLosses = 0;
  Mapper mapper;
  std::map<int, Descriptor> descriptors;

  FakeClock clock = FakeClock::jumping;
  std::chrono::nanoseconds jumpingTime = std::chrono::seconds{1};
  unsigned interrupts = 0;

  std::vector<std::byte> scriptedRandom;
  std::uint64_t randomState = 0x9E3779B97F4A7C15;

  Faults faults;
  Trace trace;

  Machine();

  [[nodiscard]] bool hasInterface(std::uint32_t minor) const {
    return interfaceVersion.minor >= minor;
  }
  [[nodiscard]] std::chrono::nanoseconds now() const;
  /// now() + `duration`, saturating at nanoseconds::max().
  [[nodiscard]] std::chrono::nanoseconds in(std::chrono::nanoseconds duration) const;
  [[nodiscard]] std::int64_t secondsSince1970() const;
  void error(std::string_view text) { log.add(3, "device-mapper: " + std::string(text), now()); }
  void warn(std::string_view text) { log.add(4, "device-mapper: " + std::string(text), now()); }

  int addDescriptor(Descriptor descriptor);
  [[nodiscard]] Descriptor* descriptor(int fd, Descriptor::Kind kind);

  /// Lets time pass and udevd work until `done()` or the timeout. Without a timeout, waits for
  /// `done()` forever.
  template <typename Done>
  WaitResult waitUntil(std::unique_lock<std::mutex>& lock,
                       std::optional<std::chrono::nanoseconds> timeout, Done done) {
    const unsigned interruptsBefore = interrupts;
    const std::optional<std::chrono::nanoseconds> deadline =
        timeout ? std::optional(in(*timeout)) : std::nullopt;
    for (;;) {
      if (done()) return WaitResult::done;
      if (interrupts != interruptsBefore) return WaitResult::interrupted;
      if (deadline && clock == FakeClock::real && now() >= *deadline) return WaitResult::timedOut;
      if (!passTime(lock, deadline)) return WaitResult::timedOut;
    }
  }

 private:
  /// Waits until the next event of udevd, a change by another thread, or the deadline. False: the
  /// jumping clock reached the deadline.
  bool passTime(std::unique_lock<std::mutex>& lock,
                std::optional<std::chrono::nanoseconds> deadline);
};

}  // namespace devmap::fake
