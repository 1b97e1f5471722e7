// What the tests of states share: a device that can fail under a target, and its status by type.
#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "lab.hpp"

namespace devmap::targets::test {

/// A part of one of the five devices that can be broken and repaired.
struct Part {
  Device device;
  std::string row;
  std::uint64_t length;

  Part(const char* id, std::size_t of, std::uint64_t sectors, std::uint64_t from = 0)
      : device(id), row(devices()[of] + ' ' + std::to_string(from)), length(sectors) {
    make(device, "linear", row, length);
  }
  [[nodiscard]] std::string path() const { return device.path(); }
  void fail() const { change(device, "error", "", length); }
  void mend() const { change(device, "linear", row, length); }
};

/// Polls until `holds`, for at most ten seconds.
template <typename Holds>
bool becomes(Holds holds) {
  for (int tries = 0; tries < 200; ++tries) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  return false;
}

/// The status as T.
template <typename T>
T look(const Device& device, bool flush = false) {
  const Value value = state(device, flush);
  const T* const status = value.as<T>();
  REQUIRE(status != nullptr);
  return *status;
}

}  // namespace devmap::targets::test
