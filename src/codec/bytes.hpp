// A growable block of bytes for packets. malloc-backed, so that running out of memory is an error
// and does not abort. Wipeable.
#pragma once

#include <cstddef>
#include <span>

namespace devmap::codec {

/// Owns a block of bytes, aligned as by malloc. Growing keeps the content; new bytes are
/// uninitialised. With `secret` set, a block is wiped over its whole capacity before it is freed.
class Bytes {
 public:
  Bytes() noexcept = default;
  Bytes(Bytes&& other) noexcept;
  Bytes& operator=(Bytes&& other) noexcept;
  ~Bytes();

  /// False when out of memory; nothing has changed then. Capacity grows geometrically.
  [[nodiscard]] bool resize(std::size_t size) noexcept;
  /// Frees the block.
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
