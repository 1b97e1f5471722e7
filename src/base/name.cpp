#include <devmap/name.hpp>

#include <algorithm>

namespace devmap {
namespace {

constexpr std::string_view hexDigits = "0123456789abcdef";

// Characters that udev keeps in the name of a link (systemd: UDEV_ALLOWED_CHARS and the whitelist
// of libdevmapper).
constexpr bool plainInNode(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("#+-.:=@_").find(c) != std::string_view::npos;
}

constexpr bool isHex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Whether there is a `\xNN` at `at`.
constexpr bool mangledAt(std::string_view text, std::size_t at) noexcept {
  return text.size() - at >= 4 && text[at] == '\\' && text[at + 1] == 'x' && isHex(text[at + 2]) &&
         isHex(text[at + 3]);
}

Error refuse(Errc code, std::string_view bytes, const char* why) {
  Error error{.code = code,
              .operation = code == Errc::invalidUuid ? "check uuid" : "check name",
              .device = std::string(bytes.substr(0, Uuid::maxLength)),
              .detail = why};
  return error;
}

void appendMangled(std::string& text, char c) {
  const auto byte = static_cast<unsigned char>(c);
  text += "\\x";
  text += hexDigits[byte >> 4];
  text += hexDigits[byte & 15];
}

constexpr unsigned char hexValue(char c) noexcept {
  return static_cast<unsigned char>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

// Why the kernel would refuse the name, or null.
const char* reasonAgainst(std::string_view bytes) noexcept {
  if (bytes.empty()) return "a device name cannot be empty";
  if (bytes.size() > Name::maxLength) return "a device name has at most 127 bytes";
  if (bytes.find('\0') != std::string_view::npos) return "a device name cannot hold a NUL byte";
  if (bytes.find('/') != std::string_view::npos)
    return "a device name cannot hold '/': give the name without its directory";
  if (bytes == "." || bytes == ".." || bytes == "control")
    return "the names '.', '..' and 'control' are reserved under /dev/mapper";
  return nullptr;
}

}  // namespace

Result<Name> Name::parse(std::string_view bytes) noexcept {
  if (const char* why = reasonAgainst(bytes)) return refuse(Errc::invalidName, bytes, why);
  return Name(bytes);
}

Result<Name> Name::parseForNode(std::string_view bytes) noexcept {
  if (const char* why = reasonAgainst(bytes)) return refuse(Errc::invalidName, bytes, why);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (plainInNode(bytes[i])) continue;
    if (mangledAt(bytes, i)) {
      i += 3;
      continue;
    }
    Error error = refuse(Errc::invalidName, bytes,
                         "a byte in it cannot stand in a /dev/mapper link; use the mangled form ");
    error.detail += mangle(bytes);
    return error;
  }
  return Name(bytes);
}

Result<Uuid> Uuid::parse(std::string_view bytes) noexcept {
  if (bytes.empty()) return refuse(Errc::invalidUuid, bytes, "a uuid cannot be empty");
  if (bytes.size() > maxLength)
    return refuse(Errc::invalidUuid, bytes, "a uuid has at most 128 bytes");
  if (bytes.find('\0') != std::string_view::npos)
    return refuse(Errc::invalidUuid, bytes, "a uuid cannot hold a NUL byte");
  return Uuid(bytes);
}

std::string mangle(std::string_view bytes) {
  if (std::ranges::all_of(bytes, plainInNode)) return std::string(bytes);
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (plainInNode(bytes[i])) {
      text += bytes[i];
    } else if (mangledAt(bytes, i)) {
      text.append(bytes.substr(i, 4));
      i += 3;
    } else {
      appendMangled(text, bytes[i]);
    }
  }
  return text;
}

Result<std::string> mangle(std::string_view bytes, NameMangling mode) noexcept {
  if (mode == NameMangling::none || std::ranges::all_of(bytes, plainInNode))
    return std::string(bytes);
  std::string text;
  bool mangled = false, unmangled = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (plainInNode(bytes[i])) {
      text += bytes[i];
    } else if (mode == NameMangling::automatic && mangledAt(bytes, i)) {
      if (bytes.substr(i).starts_with("\\x5cx") || bytes.substr(i).starts_with("\\x5Cx"))
        return refuse(
            Errc::invalidName, bytes,
            "it seems to be mangled more than once: \\x5cx stands for the start of a mangled byte");
      mangled = true;
      text.append(bytes.substr(i, 4));
      i += 3;
    } else {
      unmangled = true;
      appendMangled(text, bytes[i]);
    }
  }
  if (mangled && unmangled)
    return refuse(Errc::invalidName, bytes,
                  "it contains mixed mangled and unmangled characters: some of its bytes are "
                  "mangled (\\xNN), and others need to be and are not");
  return text;
}

std::string unmangle(std::string_view bytes, NameMangling mode) {
  if (mode == NameMangling::none || bytes.find('\\') == std::string_view::npos)
    return std::string(bytes);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (!mangledAt(bytes, i)) {
      text += bytes[i];
      continue;
    }
    text += static_cast<char>(hexValue(bytes[i + 2]) << 4 | hexValue(bytes[i + 3]));
    i += 3;
  }
  return text;
}

}  // namespace devmap
