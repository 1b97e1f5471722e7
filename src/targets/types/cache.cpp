#include <devmap/targets/cache.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Choice modeWords[] = {{""}, {"writeback"}, {"writethrough"}, {"passthrough"}};
constexpr std::span<const Choice> modes = modeWords;
constexpr Rule blockSize{.min = 64, .max = 2097152, .multiple = 64}, most{.max = 3},
    mostArguments{.max = 1024};
constexpr Nest arguments = nest<&Cache::policyArguments>(keyValueFields);
constexpr Field table[] = {
    word<&Cache::metadata>("metadata").fixedForLife(),
    word<&Cache::cache>("cache").fixedForLife(),
    word<&Cache::origin>("origin").fixedForLife(),
    word<&Cache::blockSize>("block_size").in(Unit::sectors).with(blockSize).fixedForLife(),
    groupRequired("features", &most),
    option<&Cache::metadata2>("metadata2").from(1, 10),
    option<&Cache::mode>("mode").of(modes).onlyOnce(),
    option<&Cache::noDiscardPassdown>("no_discard_passdown").from(2, 1),
    unknown<&Cache::unknown>(),
    end,
    word<&Cache::policy>("policy"),
    groupRequired("policy_arguments", &mostArguments),
    field<&Cache::policyArguments>(Shape::tail, "policy_arguments").of(arguments),
    end,
    rest<&Cache::rest>(),
};
constexpr Names<table> named;
constexpr Choice stateWords[] = {{"active"}, {"Fail"}, {"Error"}},
                 accessWords[] = {{""}, {"rw"}, {"ro"}, otherWord};
constexpr std::span<const Choice> states = stateWords, accesses = accessWords;
constexpr Nest core = nest<&CacheStatus::core>(keyValueFields),
               statusArguments = nest<&CacheStatus::policyArguments>(keyValueFields);
constexpr Field status[] = {
    field<&CacheStatus::state>(Shape::whole, "state").of(states),
    word<&CacheStatus::metadataBlockSize>("metadata_block_size").in(Unit::sectors),
    word<&CacheStatus::metadata>("metadata").in(Unit::blocks),
    word<&CacheStatus::blockSize>("block_size").in(Unit::sectors),
    word<&CacheStatus::cache>("cache").in(Unit::blocks),
    word<&CacheStatus::readHits>("read_hits"),
    word<&CacheStatus::readMisses>("read_misses"),
    word<&CacheStatus::writeHits>("write_hits"),
    word<&CacheStatus::writeMisses>("write_misses"),
    word<&CacheStatus::demotions>("demotions"),
    word<&CacheStatus::promotions>("promotions"),
    word<&CacheStatus::dirty>("dirty").in(Unit::blocks),
    groupRequired("features"),
    option<&CacheStatus::metadata2>("metadata2"),
    option<&CacheStatus::mode>("mode").of(modes),
    option<&CacheStatus::noDiscardPassdown>("no_discard_passdown"),
    unknown<&CacheStatus::unknown>(),
    end,
    groupRequired("core"),
    field<&CacheStatus::core>(Shape::tail, "core").of(core),
    end,
    word<&CacheStatus::policy>("policy"),
    groupRequired("policy_arguments"),
    field<&CacheStatus::policyArguments>(Shape::tail, "policy_arguments").of(statusArguments),
    end,
    field<&CacheStatus::access>(Shape::optional, "access").of(accesses),
    field<&CacheStatus::needsCheck>(Shape::dash, "needs_check").mayBeEmpty(),
    rest<&CacheStatus::rest>(),
};

Fault check(const void* object, std::uint64_t) noexcept {
  const auto& cache = *static_cast<const Cache*>(object);
  if (cache.metadata == cache.cache || cache.metadata == cache.origin ||
      cache.cache == cache.origin) {
    return {named["cache"], "metadata, cache and origin must be different devices"};
  }
  for (const KeyValue& argument : cache.policyArguments) {
    if (std::uint64_t sectors = 0;
        argument.key == "migration_threshold" && !readNumber(argument.value, sectors)) {
      return {named["policy_arguments"], "migration_threshold is a number of sectors"};
    }
  }
  return {};
}

void normalise(void* object) noexcept {
  auto& cache = *static_cast<Cache*>(object);
  if (cache.mode == CacheMode::unspecified) cache.mode = CacheMode::writeback;
  if (cache.policy == "default") cache.policy = "smq";
}

}  // namespace

constexpr Grammar cacheGrammar =
    grammar<Cache, CacheStatus>(table, status, {.check = check, .normalise = normalise});

}  // namespace detail

std::string Cache::invalidate(const std::vector<Blocks>& blocks) {
  std::string message = "invalidate_cblocks";
  for (const Blocks& range : blocks) {
    message += ' ';
    message += detail::decimal(range.begin);
    message += '-';
    message += detail::decimal(range.end);
  }
  return message;
}

DEVMAP_TARGET(Cache, CacheStatus, cacheGrammar)

}  // namespace devmap::targets
