// The fake's kernel log, in the form of /dev/kmsg.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace devmap::fake {

class KernelLog {
 public:
  bool readable = true;

  void add(int priority, std::string_view text, std::chrono::nanoseconds now);
  /// Reads the record at `position` and advances it. EAGAIN: none yet. EINVAL: `out` is too small
  /// for it.
  int read(std::size_t& position, std::span<char> out, std::size_t& size) const;
  [[nodiscard]] std::size_t end() const { return records_.size(); }
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> records_;
  std::vector<std::string> texts_;
};

}  // namespace devmap::fake
