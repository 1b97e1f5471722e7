// Checked reads and plain writes of packet memory, shared by the codec's own files.
#pragma once

#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace devmap::codec {

/// The value at `offset`, or nothing when it reaches past the end. Need not be aligned.
template <typename T>
[[nodiscard]] std::optional<T> load(std::span<const std::byte> bytes, std::size_t offset) noexcept {
  static_assert(std::is_trivially_copyable_v<T>);
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

/// The text from `offset` to its NUL, or nothing when there is no NUL before the end.
[[nodiscard]] inline std::optional<std::string_view> loadText(std::span<const std::byte> bytes,
                                                              std::size_t offset) noexcept {
  if (offset >= bytes.size()) return std::nullopt;
  const std::byte* begin = bytes.data() + offset;
  const void* nul = std::memchr(begin, 0, bytes.size() - offset);
  if (nul == nullptr) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(begin),
                          static_cast<std::size_t>(static_cast<const std::byte*>(nul) - begin));
}

/// Writes a value. Precondition: it fits.
template <typename T>
void store(std::span<std::byte> bytes, std::size_t offset, T value) noexcept {
  static_assert(std::is_trivially_copyable_v<T>);
  std::memcpy(bytes.data() + offset, &value, sizeof(T));
}

/// Writes text without a NUL. Precondition: it fits.
inline void storeText(std::span<std::byte> bytes, std::size_t offset,
                      std::string_view text) noexcept {
  if (!text.empty()) std::memcpy(bytes.data() + offset, text.data(), text.size());
}

/// Zeroes a span, which may be empty.
inline void zero(std::span<std::byte> bytes) noexcept {
  if (!bytes.empty()) std::memset(bytes.data(), 0, bytes.size());
}

[[nodiscard]] inline bool hasNul(std::string_view text) noexcept {
  return text.find('\0') != std::string_view::npos;
}

}  // namespace devmap::codec
