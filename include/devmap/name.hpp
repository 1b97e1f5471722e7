// Device names and uuids that cannot be invalid.
#pragma once

#include <string>
#include <string_view>

#include <devmap/error.hpp>

namespace devmap {

/// A device name as the kernel accepts it: 1 to 127 bytes, no `/`, no NUL, not `.`, `..` or `control`.
/// Any other byte is legal to the kernel, blanks and newlines included. Older kernels (before about 6.6) accept the three
/// reserved words and then hide the control node behind a device; they are refused here on every kernel.
/// Source: dm-ioctl.c: check_name.
class Name {
 public:
  static constexpr std::size_t maxLength = 127;

  /// Errc::invalidName with the reason, or the name.
  [[nodiscard]] DEVMAP_API static Result<Name> parse(std::string_view bytes) noexcept;

  /// Like parse, and also refuses what cannot stand in a `/dev/mapper` link: bytes other than `0-9 A-Z a-z #+-.:=@_`, unless
  /// already mangled as `\xNN`. The error proposes the mangled form (`a\x20b` for "a b"). For names that a device is about to get.
  /// Source of the set: udev's own list of characters it does not replace in links.
  [[nodiscard]] DEVMAP_API static Result<Name> parseForNode(std::string_view bytes) noexcept;

  [[nodiscard]] const std::string& str() const noexcept { return bytes_; }

 private:
  explicit Name(std::string_view bytes) : bytes_(bytes) {}
  std::string bytes_;
};

/// A device uuid: 1 to 128 bytes without NUL. By convention `SUBSYSTEM-something`.
class Uuid {
 public:
  static constexpr std::size_t maxLength = 128;

  /// Errc::invalidUuid with the reason, or the uuid.
  [[nodiscard]] DEVMAP_API static Result<Uuid> parse(std::string_view bytes) noexcept;

  [[nodiscard]] const std::string& str() const noexcept { return bytes_; }

 private:
  explicit Uuid(std::string_view bytes) : bytes_(bytes) {}
  std::string bytes_;
};

/// Every byte that cannot stand in a link under `/dev/mapper` as `\xNN`, lower-case hex, as udev and libdevmapper write it.
/// What is mangled already stays: mangle(mangle(x)) == mangle(x).
[[nodiscard]] DEVMAP_API std::string mangle(std::string_view bytes);

}  // namespace devmap
