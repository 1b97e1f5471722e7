// The thin-pool and thin targets. The metadata of a pool lives on its metadata device: a pool that
// is removed and re-created finds it again.

#include <algorithm>
#include <cerrno>

#include <fake/machine.hpp>
#include <fake/mapper/table.hpp>
#include <fake/targets/targets.hpp>
#include <fake/targets/thin.hpp>
#include <fake/text.hpp>

namespace devmap::fake {
namespace {

constexpr std::uint64_t minBlock = 128;
constexpr std::uint64_t maxBlock = 2097152;
constexpr std::uint64_t metadataBlockBytes = 4096;
constexpr std::uint64_t maxLowWater = 1024;  // of metadata blocks
constexpr std::uint64_t maxFeatureWords = 4;

int takeFeatures(Build& build) {
  if (build.arguments.size() == 4) return 0;
  std::uint64_t count = 0;
  if (!parseNumber(build.arguments[4], count) || count > maxFeatureWords ||
      count > build.arguments.size() - 5) {
    return build.fail("Invalid number of pool feature arguments", EINVAL);
  }
  PoolFeatures& features = build.target.features;
  for (std::size_t i = 5; i < 5 + count; ++i) {
    const std::string& word = build.arguments[i];
    bool* feature = equalIgnoringCase(word, "skip_block_zeroing")    ? &features.skipZeroing
                    : equalIgnoringCase(word, "ignore_discard")      ? &features.ignoreDiscard
                    : equalIgnoringCase(word, "no_discard_passdown") ? &features.noDiscardPassdown
                    : equalIgnoringCase(word, "read_only")           ? &features.readOnly
                    : equalIgnoringCase(word, "error_if_no_space")   ? &features.errorIfNoSpace
                                                                     : nullptr;
    if (feature == nullptr) return build.fail("Unrecognised pool feature requested", EINVAL);
    *feature = true;
  }
  return 0;
}

std::shared_ptr<Pool> makePool(Build& build, DeviceNumber metadata, DeviceNumber data,
                               std::uint64_t block) {
  PoolMetadata& content = build.machine.mapper.poolMetadata[metadata];
  if (content.blockSize == 0) content.blockSize = block;
  if (content.blockSize != block) {
    build.machine.error("thin metadata: changing the data block size (from " +
                        std::to_string(content.blockSize) + " to " + std::to_string(block) +
                        ") is not supported");
    (void)build.fail("Error creating metadata object", EINVAL);
    return nullptr;
  }
  auto pool =
      std::make_shared<Pool>(Pool{build.device.number, metadata, data, block, FakePoolMode::rw});
  std::erase_if(build.machine.mapper.pools,
                [](const std::weak_ptr<Pool>& other) { return other.expired(); });
  build.machine.mapper.pools.push_back(pool);
  return pool;
}

// dm-thin.c: __pool_find. On failure, sets `error` and the build's complaint.
std::shared_ptr<Pool> findPool(Build& build, DeviceNumber metadata, DeviceNumber data,
                               std::uint64_t block, int& error) {
  error = 0;
  for (const auto& weak : build.machine.mapper.pools) {
    const std::shared_ptr<Pool> pool = weak.lock();
    if (!pool) continue;
    if (pool->metadata == metadata) {
      if (pool->owner != build.device.number)
        error = build.fail("metadata device already in use by a pool", EBUSY);
      if (error == 0 && pool->data != data)
        error = build.fail("data device already in use by a pool", EBUSY);
      return error == 0 ? pool : nullptr;
    }
    if (pool->owner == build.device.number) {
      error = build.fail("different pool cannot replace a pool", EINVAL);
      return nullptr;
    }
  }
  std::shared_ptr<Pool> pool = makePool(build, metadata, data, block);
  if (!pool) error = EINVAL;
  return pool;
}

int constructPool(Build& build) {
  const auto& words = build.arguments;
  if (words.size() < 4) return build.fail("Invalid argument count", EINVAL);
  if (words[0] == words[1]) return build.fail("Error setting metadata or data device", EINVAL);
  if (const int error = takeFeatures(build); error != 0) return error;
  DeviceNumber metadata;
  DeviceNumber data;
  if (const int error = takeDevice(build, words[0], metadata); error != 0)
    return build.fail("Error opening metadata block device", error);
  if (const int error = takeDevice(build, words[1], data); error != 0)
    return build.fail("Error getting data device", error);
  std::uint64_t block = 0;
  if (!parseNumber(words[2], block) || block < minBlock || block > maxBlock ||
      block % minBlock != 0) {
    return build.fail("Invalid block size", EINVAL);
  }
  if (!parseNumber(words[3], build.target.lowWater))
    return build.fail("Invalid low water mark", EINVAL);
  int error = 0;
  build.target.pool = findPool(build, metadata, data, block, error);
  if (error != 0) return error;
  build.target.areas = {{data, 0, build.target.length}};
  return 0;
}

std::string poolTable(const Target& target) {
  const PoolFeatures& features = target.features;
  const std::pair<bool, const char*> all[] = {{features.skipZeroing, "skip_block_zeroing "},
                                              {features.ignoreDiscard, "ignore_discard "},
                                              {features.noDiscardPassdown, "no_discard_passdown "},
                                              {features.readOnly, "read_only "},
                                              {features.errorIfNoSpace, "error_if_no_space "}};
  int count = 0;
  std::string words;
  for (const auto& [on, word] : all) {
    if (!on) continue;
    ++count;
    words += word;
  }
  return numberText(target.pool->metadata) + ' ' + numberText(target.pool->data) + ' ' +
         std::to_string(target.pool->blockSize) + ' ' + std::to_string(target.lowWater) + ' ' +
         std::to_string(count) + ' ' + words;
}

const char* modeWord(FakePoolMode mode, const PoolFeatures& features) {
  if (mode == FakePoolMode::outOfDataSpace) return "out_of_data_space ";
  return features.readOnly || mode == FakePoolMode::ro || mode == FakePoolMode::needsCheck ? "ro "
                                                                                           : "rw ";
}

std::string poolStatus(Machine& machine, const Device&, const Target& target, StatusKind kind) {
  if (kind == StatusKind::ima) return {};
  if (kind == StatusKind::table) return poolTable(target);
  const Pool& pool = *target.pool;
  if (pool.mode == FakePoolMode::fail) return "Fail";
  const PoolMetadata& content = machine.mapper.poolMetadata[pool.metadata];
  const std::uint64_t blocks = blockDeviceBytes(machine, pool.metadata) / metadataBlockBytes;
  // The kernel's overhead depends on the size in ways that do not matter here: some blocks, and one
  // for each volume.
  const std::uint64_t used = 8 + content.volumes.size() + (content.snapshot ? 1 : 0);
  std::string text = std::to_string(content.transaction) + ' ' + std::to_string(used) + '/' +
                     std::to_string(blocks) + " 0/" + std::to_string(content.dataBlocks) + ' ';
  text += content.snapshot ? "22 " : "- ";
  text += modeWord(pool.mode, target.features);
  text += target.features.ignoreDiscard       ? "ignore_discard "
          : target.features.noDiscardPassdown ? "no_discard_passdown "
                                              : "discard_passdown ";
  text += target.features.errorIfNoSpace ? "error_if_no_space " : "queue_if_no_space ";
  text += pool.mode == FakePoolMode::needsCheck ? "needs_check " : "- ";
  return text + std::to_string(std::min(maxLowWater, blocks / 4)) + ' ';
}

int growPool(Machine& machine, Device& device, Target& target) {
  PoolMetadata& content = machine.mapper.poolMetadata[target.pool->metadata];
  const std::uint64_t blocks = target.length / target.pool->blockSize;
  if (blocks < content.dataBlocks) {
    machine.error("thin: " + numberText(device.number) + ": pool target (" +
                  std::to_string(blocks) + " blocks) too small: expected " +
                  std::to_string(content.dataBlocks));
    return EINVAL;
  }
  content.dataBlocks = blocks;
  return 0;
}

// Whether the pool's device exists, is live with this pool and is not suspended.
bool poolRuns(const Machine& machine, const Pool& pool) {
  const DevicePtr device = findByNumber(machine, pool.owner);
  return device && device->live && !device->suspended &&
         device->live->targets.front().pool.get() == &pool;
}

int constructThin(Build& build) {
  const auto& words = build.arguments;
  Target& target = build.target;
  if (words.size() != 2 && words.size() != 3) return build.fail("Invalid argument count", EINVAL);
  DeviceNumber origin;
  if (words.size() == 3) {
    if (words[0] == words[2]) return build.fail("Error setting origin device", EINVAL);
    if (const int error = takeDevice(build, words[2], origin); error != 0)
      return build.fail("Error opening origin device", error);
  }
  DeviceNumber number;
  if (const int error = takeDevice(build, words[0], number); error != 0)
    return build.fail("Error opening pool device", error);
  if (!parseThinId(words[1], target.thinId)) return build.fail("Invalid device id", EINVAL);
  if (!findByNumber(build.machine, number))
    return build.fail("Couldn't get pool mapped device", EINVAL);
  std::shared_ptr<Pool> pool;
  for (const auto& weak : build.machine.mapper.pools) {
    if (const auto other = weak.lock(); other && other->owner == number) pool = other;
  }
  if (!pool) return build.fail("Couldn't find pool object", EINVAL);
  if (pool->mode == FakePoolMode::fail)
    return build.fail("Couldn't open thin device, Pool is in fail mode", EINVAL);
  auto& volumes = build.machine.mapper.poolMetadata[pool->metadata].volumes;
  const auto volume = volumes.find(target.thinId);
  if (volume == volumes.end()) return build.fail("Couldn't open thin internal device", ENODATA);
  if (!poolRuns(build.machine, *pool))
    return build.fail("Unable to activate thin device while pool is suspended", EINVAL);
  ++volume->second;
  target.pool = std::move(pool);
  target.params = numberText(number) + ' ' + std::to_string(target.thinId);
  if (words.size() == 3) target.params += ' ' + numberText(origin);
  return 0;
}

std::string thinStatus(Machine&, const Device&, const Target& target, StatusKind kind) {
  if (kind == StatusKind::ima) return {};
  if (target.pool->mode == FakePoolMode::fail) return "Fail";
  return kind == StatusKind::table ? target.params : "0 -";
}

void destroyThin(Machine& machine, Target& target) {
  auto& volumes = machine.mapper.poolMetadata[target.pool->metadata].volumes;
  const auto volume = volumes.find(target.thinId);
  if (volume != volumes.end() && volume->second > 0) --volume->second;
}

}  // namespace

TargetType thinPoolType() {
  TargetType type;
  type.name = "thin-pool";
  type.version = {1, 24, 0};
  type.module = "dm-thin-pool";
  type.singleton = type.immutable = type.alwaysWritable = true;
  type.construct = constructPool;
  type.status = poolStatus;
  type.message = poolMessage;
  type.preresume = growPool;
  return type;
}

TargetType thinType() {
  TargetType type;
  type.name = "thin";
  type.version = {1, 24, 0};
  type.module = "dm-thin-pool";
  type.construct = constructThin;
  type.status = thinStatus;
  type.destroy = destroyThin;
  return type;
}

}  // namespace devmap::fake
