// Devices, tables and targets of the fake device-mapper. Plain data; the functions are in
// mapper.hpp, table.hpp and targets.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <devmap/fake/kernel.hpp>
#include <devmap/types.hpp>

namespace devmap::fake {

struct Machine;
struct Device;
struct Table;
struct Target;

enum class StatusKind : std::uint8_t { info, table, ima };

/// What a target's constructor works with.
struct Build {
  Machine& machine;
  Device& device;
  Table& table;
  Target& target;
  std::vector<std::string> arguments;
  std::string complaint;  ///< sentence for the log

  int fail(const char* sentence, int error) {
    complaint = sentence;
    return error;
  }
};

/// A target type. Functions return 0 or an errno; a null one does nothing, unless noted otherwise.
struct TargetType {
  std::string name;
  Version version;
  bool loaded = false;     ///< its module is loaded
  bool singleton = false;  ///< must be the only row of its table
  bool immutable = false;  ///< a device with this live type takes no other type
  bool alwaysWritable = false;
  bool wildcard = false;                     ///< may replace an immutable one
  const char* module = "";                   ///< loading it loads all its types
  int (*construct)(Build& build) = nullptr;  ///< null: accepts any text, shows it as its table
  void (*destroy)(Machine& machine, Target& target) = nullptr;
  std::string (*status)(Machine& machine, const Device& device, const Target& target,
                        StatusKind kind) = nullptr;  ///< null: reports params, info
  int (*message)(Machine& machine, Device& device, Target& target,
                 const std::vector<std::string>& words) = nullptr;  ///< null: accepts none
  int (*preresume)(Machine& machine, Device& device, Target& target) = nullptr;
};

/// Part of a backing device that a target uses.
struct Area {
  DeviceNumber device;
  std::uint64_t start = 0;
  std::uint64_t length = 0;
};

struct PoolMetadata {
  std::uint64_t blockSize = 0;
  std::uint64_t transaction = 0;
  std::uint64_t dataBlocks = 0;
  std::map<std::uint32_t, unsigned> volumes;  ///< thin id, number of active tables that use it
  bool snapshot = false;                      ///< of the metadata (reserve_metadata_snap)
};

struct PoolFeatures {
  bool skipZeroing = false;
  bool ignoreDiscard = false;
  bool noDiscardPassdown = false;
  bool readOnly = false;
  bool errorIfNoSpace = false;
};

/// A thin-pool in the kernel's memory: lives as long as a table holds it.
struct Pool {
  DeviceNumber owner;
  DeviceNumber metadata;
  DeviceNumber data;
  std::uint64_t blockSize = 0;
  FakePoolMode mode = FakePoolMode::rw;
};

struct Target {
  TargetType* type = nullptr;
  std::uint64_t start = 0;
  std::uint64_t length = 0;
  std::string params;       ///< table text
  std::string info;         ///< status text of types where it never changes
  std::vector<Area> areas;  ///< what must fit into the backing devices
  bool keyValid = true;     ///< crypt
  std::shared_ptr<Pool> pool;
  std::uint32_t thinId = 0;
  std::uint64_t lowWater = 0;
  PoolFeatures features;
};

struct Table {
  std::vector<Target> targets;
  std::vector<DeviceNumber> devices;  ///< held open, in the kernel's order: last opened first
  bool readOnly = false;

  [[nodiscard]] std::uint64_t size() const {
    return targets.empty() ? 0 : targets.back().start + targets.back().length;
  }
};

struct StatsRegion {
  std::uint64_t start = 0;
  std::uint64_t length = 0;
  std::uint64_t step = 0;
  std::string program;
  std::string auxiliary;
};

struct Device {
  std::string name;
  std::string uuid;
  DeviceNumber number;
  std::unique_ptr<Table> live;
  std::unique_ptr<Table> inactive;
  bool hasDisk = false;            ///< since its first load
  std::uint64_t diskSequence = 0;  ///< unique for each disk
  bool suspended = false;
  bool deferredRemove = false;
  bool readOnly = false;
  bool removed = false;
  bool usablePaths = true;  ///< multipath
  std::uint64_t readAheadKib = 128;
  std::int32_t openCount = 0;
  std::uint32_t eventNr = 0;
  std::string immutableType;                 ///< of the live table
  std::map<DeviceNumber, unsigned> backing;  ///< held open by tables, and by how many
  std::map<int, StatsRegion> regions;
};

using DevicePtr = std::shared_ptr<Device>;

}  // namespace devmap::fake
