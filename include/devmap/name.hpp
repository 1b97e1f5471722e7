// Device names and uuids that cannot be invalid.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <devmap/error.hpp>

namespace devmap {

/// A device name as the kernel accepts it: 1 to 127 bytes, no `/`, no NUL, not `.`, `..` or
/// `control`. Any other byte is legal to the kernel, including blanks and newlines. Older kernels
/// (before about 6.6) accept the three reserved words, and a device then hides the control node.
/// They are refused here on every kernel. Source: dm-ioctl.c: check_name.
class Name {
 public:
  static constexpr std::size_t maxLength = 127;

  /// The name, or Errc::invalidName with the reason.
  [[nodiscard]] DEVMAP_API static Result<Name> parse(std::string_view bytes) noexcept;

  /// Like parse, but also refuses what cannot be in a `/dev/mapper` link: bytes other than `0-9 A-Z
  /// a-z #+-.:=@_`, unless already mangled as `\xNN`. The error proposes the mangled form (`a\x20b`
  /// for "a b"). For names that a device is about to get. Source of the set: udev's own list of
  /// characters that it does not replace in links.
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

  /// The uuid, or Errc::invalidUuid with the reason.
  [[nodiscard]] DEVMAP_API static Result<Uuid> parse(std::string_view bytes) noexcept;

  [[nodiscard]] const std::string& str() const noexcept { return bytes_; }

 private:
  explicit Uuid(std::string_view bytes) : bytes_(bytes) {}
  std::string bytes_;
};

/// How names and uuids in the API relate to those in the kernel. udev and the links under
/// `/dev/mapper` use the kernel's form. In that form a byte other than `0-9 A-Z a-z #+-.:=@_` is
/// best written as `\xNN`.
enum class NameMangling : std::uint8_t {
  none,       ///< the API uses the kernel's own bytes
  automatic,  ///< Names given may be in either form, names read are unmangled. "a b" and "a\x20b"
              ///< are one device (libdevmapper's AUTO).
  hex,  ///< Names given are always mangled, including their backslashes. Names read are unmangled
        ///< (libdevmapper's HEX).
};

/// The kernel's form of a name or uuid. Errors (automatic): invalidName where some bytes are
/// mangled and others need to be, and where it was mangled more than once (`\x5cx`).
[[nodiscard]] DEVMAP_API Result<std::string> mangle(std::string_view bytes,
                                                    NameMangling mode) noexcept;

/// The inverse: each `\xNN` with two hex digits becomes its byte, everything else stays. Never
/// fails; `none` changes nothing.
[[nodiscard]] DEVMAP_API std::string unmangle(std::string_view bytes, NameMangling mode);

/// Writes every byte that cannot be in a link under `/dev/mapper` as `\xNN`, in lower-case hex, as
/// udev and libdevmapper do. Text that is already mangled stays: mangle(mangle(x)) == mangle(x).
[[nodiscard]] DEVMAP_API std::string mangle(std::string_view bytes);

}  // namespace devmap
