// switch: a table, filled by messages, maps each region of the row to a path.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

/// Parameters `<#paths> <region size> 0 {<device> <start>}...`. Status: none. The kernel never
/// shows which region is on which path.
struct Switch {
  static constexpr std::string_view type = "switch";
  Sectors regionSize{1};
  Words options{};  ///< optional words of a newer kernel; none are known
  std::vector<DeviceSpan> paths{};
  Words rest{};

  /// Changes to the table, collected for one message. Numbers are sent in hexadecimal.
  class RegionMappings {
   public:
    /// Maps region `region` to path `path`.
    DEVMAP_API RegionMappings& set(std::uint64_t region, std::uint64_t path);
    /// Maps the region after the last one to path `path`.
    DEVMAP_API RegionMappings& next(std::uint64_t path);
    /// Maps the `count` regions after the last one like the `cycle` regions before them, in turn.
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
