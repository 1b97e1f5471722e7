// switch: each region of the row lies on the path that a table, filled by messages, says.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Parameters `<#paths> <region size> 0 {<device> <start>}...`. Status: none; which region is on
/// which path is never shown.
struct Switch {
  static constexpr std::string_view type = "switch";
  Sectors regionSize{1};
  Words options{};  ///< optional words of a newer kernel; none are known
  std::vector<DeviceSpan> paths{};
  Words rest{};

  /// Changes of the table, gathered for one message. Numbers are sent in hexadecimal.
  class RegionMappings {
   public:
    /// Region `region` onto path `path`.
    DEVMAP_API RegionMappings& set(std::uint64_t region, std::uint64_t path);
    /// The region behind the last one onto path `path`.
    DEVMAP_API RegionMappings& next(std::uint64_t path);
    /// The `count` regions behind the last one as the `cycle` ones before them, in turn.
    DEVMAP_API RegionMappings& repeat(std::uint64_t cycle, std::uint64_t count);
    [[nodiscard]] const std::string& message() const noexcept { return text_; }

   private:
    std::string text_ = "set_region_mappings";
  };

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Switch> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<NoStatus> parseStatus(std::string_view status) noexcept;
  friend bool operator==(const Switch&, const Switch&) noexcept = default;
};

}  // namespace devmap::targets
