// Words that rows and status lines of many targets share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/error.hpp>
#include <devmap/targets/secret.hpp>
#include <devmap/types.hpp>

namespace devmap::targets {

/// A device as a row names it: a path, or `major:minor`. The kernel shows the number, except for
/// vdo. Equality compares the text; sameDevice (table_diff.hpp) compares by meaning.
struct DeviceWord {
  std::string text;

  DeviceWord() noexcept = default;
  DeviceWord(std::string_view word) : text(word) {}  // NOLINT(google-explicit-constructor)
  DeviceWord(const char* word) : text(word) {}       // NOLINT(google-explicit-constructor)
  // NOLINTNEXTLINE(google-explicit-constructor)
  DeviceWord(std::string word) noexcept : text(static_cast<std::string&&>(word)) {}
  DEVMAP_API DeviceWord(DeviceNumber number);  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool empty() const noexcept { return text.empty(); }
  /// The device number, if the word is one.
  [[nodiscard]] DEVMAP_API std::optional<DeviceNumber> number() const noexcept;

  friend bool operator==(const DeviceWord&, const DeviceWord&) noexcept = default;
};

/// `used/total`.
struct Fraction {
  std::uint64_t used = 0;
  std::uint64_t total = 0;

  friend bool operator==(const Fraction&, const Fraction&) noexcept = default;
};

/// A setting that only the target interprets, such as a tunable of a cache policy.
struct KeyValue {
  std::string key{};
  std::string value{};

  friend bool operator==(const KeyValue&, const KeyValue&) noexcept = default;
};

/// A device from a start sector on: a leg, a path or a stripe.
struct DeviceSpan {
  DeviceWord device{};
  Sectors start{};

  friend bool operator==(const DeviceSpan&, const DeviceSpan&) noexcept = default;
};

using Words = std::vector<std::string>;

/// Status of a target that reports none.
struct NoStatus {
  static constexpr std::string_view statusOf =
      "";        // NOLINT(readability-redundant-string-init): its data() must not be null
  Words rest{};  ///< what a newer kernel may add

  friend bool operator==(const NoStatus&, const NoStatus&) noexcept = default;
};

}  // namespace devmap::targets
