// Which device an operation acts on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <devmap/name.hpp>
#include <devmap/types.hpp>

namespace devmap {

/// A device by name, uuid or number. Conversions are implicit, so that `remove(context, "vol0")`,
/// `remove(context, info.device)` and `remove(context, DeviceRef::uuid("LVM-..."))` all read well.
/// The operation checks the name or uuid. Lifetime: points to the text it was made from; meant for
/// parameters, not for storage.
class DeviceRef {
 public:
  enum class By : std::uint8_t { name, uuid, number };

  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr DeviceRef(std::string_view name) noexcept : text_(name) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr DeviceRef(const char* name) noexcept : text_(name) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  DeviceRef(const std::string& name) noexcept : text_(name) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  DeviceRef(const Name& name) noexcept : text_(name.str()) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  DeviceRef(const Uuid& uuid) noexcept : by_(By::uuid), text_(uuid.str()) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr DeviceRef(DeviceNumber number) noexcept : by_(By::number), number_(number) {}
  [[nodiscard]] static constexpr DeviceRef uuid(std::string_view uuid) noexcept {
    return {By::uuid, uuid};
  }

  [[nodiscard]] constexpr By by() const noexcept { return by_; }
  /// Name or uuid; empty for a number.
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
  [[nodiscard]] constexpr DeviceNumber number() const noexcept { return number_; }

 private:
  constexpr DeviceRef(By by, std::string_view text) noexcept : by_(by), text_(text) {}
  By by_ = By::name;
  std::string_view text_{};
  DeviceNumber number_{};
};

}  // namespace devmap
