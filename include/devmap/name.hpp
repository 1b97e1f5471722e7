// Device names and uuids that cannot be invalid.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <devmap/error.hpp>

namespace devmap {

/// A device name as the kernel accepts it: 1 to 127 bytes, no `/`, no NUL, not `.`, `..` or
/// `control`. Any other byte is legal to the kernel, blanks and newlines included. Older kernels
/// (before about 6.6) accept the three reserved words and then hide the control node behind a
/// device; they are refused here on every kernel. Source: dm-ioctl.c: check_name.
class Name {
 public:
  static constexpr std::size_t maxLength = 127;

  /// Errc::invalidName with the reason, or the name.
  [[nodiscard]] DEVMAP_API static Result<Name> parse(std::string_view bytes) noexcept;

  /// Like parse, and also refuses what cannot stand in a `/dev/mapper` link: bytes other than `0-9
  /// A-Z a-z #+-.:=@_`, unless already mangled as `\xNN`. The error proposes the mangled form
  /// (`a\x20b` for "a b"). For names that a device is about to get. Source of the set: udev's own
  /// list of characters it does not replace in links.
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

/// How names and uuids of the API relate to those the kernel holds. udev and the links under
/// `/dev/mapper` know the kernel's form, in which a byte other than `0-9 A-Z a-z #+-.:=@_` is best
/// written as `\xNN`.
enum class NameMangling : std::uint8_t {
  none,       ///< the API speaks the kernel's own bytes
  automatic,  ///< names given may be in either form, names read are unmangled: "a b" and "a\x20b"
              ///< are one device (libdevmapper's AUTO)
  hex,        ///< names given are always mangled, also their backslashes, names read are unmangled
              ///< (libdevmapper's HEX)
};

/// The kernel's form of a name or uuid. Errors (automatic): invalidName where some bytes are
/// mangled and others need to be, and where it was mangled more than once (`\x5cx`).
[[nodiscard]] DEVMAP_API Result<std::string> mangle(std::string_view bytes,
                                                    NameMangling mode) noexcept;

/// The other way: each `\xNN` with two hex digits becomes its byte, everything else stays. Never
/// fails; `none` changes nothing.
[[nodiscard]] DEVMAP_API std::string unmangle(std::string_view bytes, NameMangling mode);

/// Every byte that cannot stand in a link under `/dev/mapper` as `\xNN`, lower-case hex, as udev
/// and libdevmapper write it. What is mangled already stays: mangle(mangle(x)) == mangle(x).
[[nodiscard]] DEVMAP_API std::string mangle(std::string_view bytes);

}  // namespace devmap
