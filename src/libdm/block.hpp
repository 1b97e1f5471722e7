// Memory that C programs walk: replies, and rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace devmap::libdm {

/// Zeroed bytes, aligned as by malloc, filled from front to back.
class Block {
 public:
  Block() noexcept = default;
  /// Room for `room` bytes. Without memory for them the block is empty.
  explicit Block(std::size_t room) noexcept
      : bytes_(static_cast<char*>(std::calloc(1, room))), room_(bytes_ == nullptr ? 0 : room) {}

  [[nodiscard]] bool empty() const noexcept { return bytes_ == nullptr; }
  [[nodiscard]] char* data() const noexcept { return bytes_.get(); }
  /// Where the next byte goes.
  [[nodiscard]] std::size_t at() const noexcept { return size_; }
  template <typename T>
  void value(T value) noexcept {
    std::memcpy(bytes_.get() + size_, &value, sizeof value);
    size_ += sizeof value;
  }
  /// With a NUL after it. Returns where it begins.
  char* text(std::string_view text) noexcept {
    char* const begin = bytes_.get() + size_;
    std::memcpy(begin, text.data(), text.size());
    size_ += text.size() + 1;
    return begin;
  }
  void align() noexcept { size_ = (size_ + 7) / 8 * 8; }
  void skip(std::size_t bytes) noexcept { size_ += bytes; }
  void wipe() noexcept {
    if (bytes_) explicit_bzero(bytes_.get(), room_);
  }

 private:
  struct Free {
    void operator()(char* bytes) const noexcept { std::free(bytes); }
  };
  std::unique_ptr<char, Free> bytes_;
  std::size_t room_ = 0;
  std::size_t size_ = 0;
};

/// A row of a table. Its text is in a block; the program may write into it.
struct Row {
  std::uint64_t start = 0;   ///< sectors
  std::uint64_t length = 0;  ///< sectors
  char* type = nullptr;
  char* params = nullptr;
};

}  // namespace devmap::libdm
