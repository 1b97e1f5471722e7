// A growing block of bytes for packets: malloc-backed, so that running out of memory is an answer
// and not the end, and wipeable.
#pragma once

#include <cstddef>
#include <span>

namespace devmap::codec {

/// Owner of a block of bytes, aligned as malloc does. Growing keeps the content; what is new holds
/// anything. With `secret` set, every block it lets go of is wiped first, over its whole capacity.
class Bytes {
 public:
  Bytes() noexcept = default;
  Bytes(Bytes&& other) noexcept;
  Bytes& operator=(Bytes&& other) noexcept;
  ~Bytes();

  /// False when the memory cannot be had; nothing changed then. Growing little by little copies a
  /// few times, not each time.
  [[nodiscard]] bool resize(std::size_t size) noexcept;
  /// Lets go of the block.
  void reset() noexcept;
  void setSecret(bool secret) noexcept { secret_ = secret; }

  [[nodiscard]] std::span<std::byte> span() noexcept { return {data_, size_}; }
  [[nodiscard]] std::span<const std::byte> span() const noexcept { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  bool secret_ = false;
};

}  // namespace devmap::codec
