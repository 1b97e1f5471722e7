#include <fake/machine.hpp>

#include <algorithm>

#include <fake/targets/targets.hpp>

namespace devmap::fake {
namespace {

constexpr std::int64_t jumpingEpoch =
    1'700'000'000;  // seconds since 1970 at time 0 of the jumping clock

// wait_for adds to its own clock, where a duration near nanoseconds::max() would overflow.
constexpr std::chrono::nanoseconds longestSleep = std::chrono::hours{1};

std::chrono::nanoseconds realTime() { return std::chrono::steady_clock::now().time_since_epoch(); }

}  // namespace

Machine::Machine() { addTargetTypes(mapper); }

std::chrono::nanoseconds Machine::now() const {
  return clock == FakeClock::real ? realTime() : jumpingTime;
}

std::chrono::nanoseconds Machine::in(std::chrono::nanoseconds duration) const {
  const std::chrono::nanoseconds start = now();
  return duration > duration.max() - start ? duration.max() : start + duration;
}

std::int64_t Machine::secondsSince1970() const {
  if (clock == FakeClock::jumping)
    return jumpingEpoch + std::chrono::duration_cast<std::chrono::seconds>(jumpingTime).count();
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int Machine::addDescriptor(Descriptor descriptor) {
  int fd = 3;
  while (descriptors.contains(fd)) ++fd;
  descriptors.emplace(fd, descriptor);
  return fd;
}

Descriptor* Machine::descriptor(int fd, Descriptor::Kind kind) {
  const auto found = descriptors.find(fd);
  return found == descriptors.end() || found->second.kind != kind ? nullptr : &found->second;
}

bool Machine::passTime(std::unique_lock<std::mutex>& lock,
                       std::optional<std::chrono::nanoseconds> deadline) {
  const std::optional<std::chrono::nanoseconds> event = nextUevent(*this);
  if (event && (!deadline || *event <= *deadline)) {
    if (clock == FakeClock::jumping) jumpingTime = std::max(jumpingTime, *event);
    if (now() >= *event) {
      handleUevent(*this);
      return true;
    }
  } else if (clock == FakeClock::jumping && deadline) {
    jumpingTime = std::max(jumpingTime, *deadline);
    return false;
  }
  std::optional<std::chrono::nanoseconds> until = deadline;
  if (event && (!until || *event < *until)) until = event;
  if (until) {
    changed.wait_for(lock, std::min(*until - now(), longestSleep));
  } else {
    changed.wait(lock);
  }
  return true;
}

}  // namespace devmap::fake
