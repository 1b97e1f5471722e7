// Keys: each in one block of memory that is wiped before it is freed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <devmap/types.hpp>

namespace devmap::targets {

/// Bytes that must not leak by accident. The library never prints them, wipes them on destruction,
/// and compares them in a time that depends only on the length. Moving leaves the source empty.
/// Threading: as std::string.
class Secret {
 public:
  Secret() noexcept = default;
  DEVMAP_API explicit Secret(std::span<const std::uint8_t> bytes) noexcept;
  DEVMAP_API Secret(const Secret& other) noexcept;
  DEVMAP_API Secret(Secret&& other) noexcept;
  DEVMAP_API Secret& operator=(Secret other) noexcept;
  DEVMAP_API ~Secret();

  /// `size` zero bytes, to be filled in place through `writable`.
  [[nodiscard]] DEVMAP_API static Secret zeros(std::size_t size) noexcept;
  /// Two hexadecimal digits per byte, in either case. std::nullopt for any other text.
  [[nodiscard]] DEVMAP_API static std::optional<Secret> fromHex(std::string_view digits) noexcept;

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// The bytes themselves. The caller must wipe any copy.
  [[nodiscard]] std::span<const std::uint8_t> reveal() const noexcept { return {bytes_, size_}; }
  [[nodiscard]] std::span<std::uint8_t> writable() noexcept { return {bytes_, size_}; }

  DEVMAP_API friend bool operator==(const Secret& a, const Secret& b) noexcept;

 private:
  std::uint8_t* bytes_ = nullptr;
  std::size_t size_ = 0;
};

/// Parameter text for the kernel. It may hold a key, so it is wiped on destruction. It converts to
/// std::string_view implicitly: `task.addTarget(start, length, crypt.type, crypt.toParams())`.
class Params {
 public:
  Params() noexcept = default;
  explicit Params(Secret text) noexcept : text_(static_cast<Secret&&>(text)) {}

  [[nodiscard]] std::string_view view() const noexcept {
    const auto bytes = text_.reveal();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator std::string_view() const noexcept { return view(); }
  friend bool operator==(const Params& a, const Params& b) noexcept { return a.text_ == b.text_; }
  friend bool operator==(const Params& a, std::string_view b) noexcept { return a.view() == b; }

 private:
  Secret text_;
};

/// A key in the kernel's keyring: `:<bytes>:<type>:<description>`.
struct KeyReference {
  enum class Type : std::uint8_t { logon, user, encrypted, trusted };
  std::uint64_t bytes = 0;  ///< size of the payload, which must match exactly
  Type type = Type::logon;
  std::string description{};  ///< no blanks; may contain colons

  friend bool operator==(const KeyReference&, const KeyReference&) noexcept = default;
};

/// A key as a table row holds it: the bytes, a reference to a keyring, or neither (`-`, for
/// cipher_null).
struct Key {
  Secret bytes{};
  std::optional<KeyReference> reference{};

  friend bool operator==(const Key&, const Key&) noexcept = default;
};

/// An algorithm of the kernel's crypto API, with an optional key: `hmac(sha256):<hex>`.
struct Algorithm {
  std::string name{};  ///< empty: none
  Secret key{};

  friend bool operator==(const Algorithm&, const Algorithm&) noexcept = default;
};

}  // namespace devmap::targets
