// user: Android's block device served by a user-space program. Not in mainline Linux.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Parameters `<start> <size> <control name>`. Status: none. Messages: none.
struct User {
  static constexpr std::string_view type = "user";
  Sectors start{};
  Sectors size{};
  std::string control{};  ///< name of the misc device under /dev/dm-user
  Words rest{};

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<User> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const User&, const User&) noexcept = default;
};

}  // namespace devmap::targets
