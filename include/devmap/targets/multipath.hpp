// multipath: several paths to one device, in groups.
#pragma once

#include <devmap/targets/words.hpp>

namespace devmap::targets {

struct MultipathStatus {
  static constexpr std::string_view statusOf = "multipath";
  enum class GroupState : std::uint8_t { disabled, active, enabled, other };
  enum class PathState : std::uint8_t { active, failed, other };
  struct Path {
    DeviceWord device{};
    PathState state = PathState::active;
    std::uint64_t failures = 0;
    Words selector{};  ///< what the path selector reports about the path
    friend bool operator==(const Path&, const Path&) noexcept = default;
  };
  struct Group {
    GroupState state = GroupState::enabled;
    Words selector{};  ///< what the path selector reports about the group
    std::vector<Path> paths{};
    friend bool operator==(const Group&, const Group&) noexcept = default;
  };
  std::uint64_t queueIo = 0;
  std::uint64_t initialisations = 0;  ///< of path groups by the hardware handler
  Words unknown{};
  Words handler{};                 ///< what the hardware handler reports
  std::uint64_t currentGroup = 0;  ///< counted from 1
  std::vector<Group> groups{};
  Words rest{};
  friend bool operator==(const MultipathStatus&, const MultipathStatus&) noexcept = default;
};

/// Parameters `<#words> features <#words> handler <#groups> <first group> {<selector> <#words> ...
/// <#paths> <#words> {<device> ...}...}...`. Messages fail with EBUSY on a suspended device. The
/// kernel shows what messages have changed, but only the name of the handler.
struct Multipath {
  static constexpr std::string_view type = "multipath";
  enum class QueueMode : std::uint8_t { unspecified, bio, rq, mq };
  struct Path {
    DeviceWord device{};
    Words arguments{};  ///< for the path selector: a repeat count, a throughput or a CPU mask; the
                        ///< same number for all paths of a group
    friend bool operator==(const Path&, const Path&) noexcept = default;
  };
  struct Group {
    std::string selector{};  ///< `round-robin`, `queue-length`, `service-time`,
                             ///< `historical-service-time`, `io-affinity`
    Words selectorArguments{};
    std::vector<Path> paths{};  ///< at least one
    friend bool operator==(const Group&, const Group&) noexcept = default;
  };
  bool queueIfNoPath = false;
  std::optional<std::uint64_t> initRetries{};  ///< 1 to 50
  std::optional<std::uint64_t> initDelay{};    ///< milliseconds, at most a minute
  bool retainAttachedHandler = false;          ///< has no effect on recent kernels
  QueueMode queueMode = QueueMode::unspecified;
  Words unknown{};
  std::string handler{};  ///< `alua`, `emc`, `hp_sw`, `rdac`; empty: none
  Words handlerArguments{};
  std::uint64_t firstGroup = 0;  ///< counted from 1, at most 1024; 0 without groups
  std::vector<Group> groups{};
  Words rest{};

  [[nodiscard]] static std::string queueWithoutPath() { return "queue_if_no_path"; }
  [[nodiscard]] static std::string failWithoutPath() { return "fail_if_no_path"; }
  /// Groups are counted from 1.
  [[nodiscard]] static std::string enableGroup(std::uint32_t group) {
    return "enable_group " + std::to_string(group);
  }
  [[nodiscard]] static std::string disableGroup(std::uint32_t group) {
    return "disable_group " + std::to_string(group);
  }
  [[nodiscard]] static std::string switchGroup(std::uint32_t group) {
    return "switch_group " + std::to_string(group);
  }
  [[nodiscard]] static std::string reinstatePath(const DeviceWord& device) {
    return "reinstate_path " + device.text;
  }
  [[nodiscard]] static std::string failPath(const DeviceWord& device) {
    return "fail_path " + device.text;
  }

  [[nodiscard]] DEVMAP_API Params toParams() const noexcept;
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  [[nodiscard]] DEVMAP_API static Result<Multipath> parseTable(std::string_view params) noexcept;
  [[nodiscard]] DEVMAP_API static Result<MultipathStatus> parseStatus(
      std::string_view status) noexcept;
  friend bool operator==(const Multipath&, const Multipath&) noexcept = default;
};

}  // namespace devmap::targets
