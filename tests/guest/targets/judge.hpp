// Whether devmap and the kernel accept the same row.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lab.hpp"

namespace devmap::targets::test {

/// The parts between separators, without empty ones.
std::vector<std::string> split(std::string_view text, char separator = ' ');
bool allDigits(std::string_view word);
/// Whether the word stands for one of the devices (withDevices).
bool isDevice(std::string_view word);

/// Has both judge rows, in which D to H stand for devices, and records what only one of them
/// refuses. The known differences, with their reasons, are in judge.cpp.
class Judge {
 public:
  /// From now on rows are first tried on one shared device, on which both mostly agree. `strict`:
  /// what the kernel accepts there it must also accept on a new device.
  void begin(bool strict);
  /// Whether the kernel accepts the row.
  bool loads(std::string_view type, const std::string& text, std::uint64_t length, bool readOnly);
  void judge(std::string_view type, const std::string& text, std::uint64_t length, bool readOnly);
  /// Prints how often each reason applied. Fails the test if there were other differences, or fewer
  /// rows than `least`.
  void conclude(unsigned least) const;

 private:
  Result<Load> onNew(const Row& row, bool readOnly);
  Result<Load> onSame(const Row& row, bool readOnly);

  DeviceMapper quick_ = std::move(*DeviceMapper::open(
      {.udevMode = UdevMode::none}));  // nothing goes live, so there is no udev event to wait for
  std::optional<Device> same_;
  bool strict_ = false;
  std::set<std::string> seen_;
  std::map<std::string, unsigned> explained_;
  std::map<std::string, unsigned> leftOut_;
  std::map<std::string, std::vector<std::string>> found_;
  unsigned rows_ = 0;
};

}  // namespace devmap::targets::test
