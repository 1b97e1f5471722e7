#include <devmap/targets/mirror.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Choice logWords[] = {{"core"}, {"disk"}, {"userspace"}},
                 syncWords[] = {{""}, {"sync"}, {"nosync"}};
constexpr std::span<const Choice> logs = logWords, syncs = syncWords;
constexpr Rule onDisk = only<&Mirror::log>({Mirror::Log::disk}),
               inUserspace = only<&Mirror::log>({Mirror::Log::userspace});
constexpr Rule inKernel = only<&Mirror::log>({Mirror::Log::core, Mirror::Log::disk});
constexpr Rule region = only<&Mirror::log>({Mirror::Log::core, Mirror::Log::disk},
                                           {.min = 2, .max = UINT32_MAX, .powerOfTwo = true});
constexpr Rule legCount{.min = 2, .max = 9};
constexpr Nest legs = nest<&Mirror::legs>(deviceSpanFields);
constexpr Field table[] = {
    word<&Mirror::log>("log").of(logs),
    groupRequired("log words"),
    word<&Mirror::logDevice>("log_device").with(onDisk).fixedForLife(),
    word<&Mirror::regionSize>("region_size").in(Unit::sectors).with(region),
    field<&Mirror::userspaceLog>(Shape::tail, "userspace").with(inUserspace),
    option<&Mirror::sync>("sync").of(syncs).with(inKernel).onlyOnce(),
    unknown<&Mirror::unknownLog>(),
    end,
    field<&Mirror::legs>(Shape::count, "mirrors").of(legs).with(legCount),
    field<&Mirror::legs>(Shape::elements, "mirrors").of(legs),
    group(),
    option<&Mirror::handleErrors>("handle_errors"),
    option<&Mirror::keepLog>("keep_log").from(1, 14),
    unknown<&Mirror::unknown>(),
    end,
    rest<&Mirror::rest>(),
};
constexpr Names<table> named;
constexpr Field names[] = {itself<DeviceWord>("")};
constexpr Nest statusLegs = nest<&MirrorStatus::legs>(names);
constexpr Field status[] = {
    field<&MirrorStatus::legs>(Shape::count, "mirrors").of(statusLegs),
    field<&MirrorStatus::legs>(Shape::elements, "mirrors").of(statusLegs),
    word<&MirrorStatus::inSync>("in_sync"),
    literal("1"),
    word<&MirrorStatus::health>("health"),
    field<&MirrorStatus::log>(Shape::rest, "log"),
};

// dm-raid1.c: mirror_ctr, parse_features; dm-log.c: create_log_context
Fault check(const void* object, std::uint64_t length) noexcept {
  const auto& mirror = *static_cast<const Mirror*>(object);
  if (mirror.log == Mirror::Log::userspace && mirror.userspaceLog.size() < 3)
    return {named["userspace"], "the log needs three words at least"};
  if (mirror.log != Mirror::Log::userspace && !mirror.unknownLog.empty())
    return {named["sync"], "is sync or nosync, and nothing follows it"};
  if (mirror.log != Mirror::Log::userspace && length != 0 && mirror.regionSize.count > length)
    return {named["region_size"], "is larger than the row"};
  if (mirror.keepLog && !mirror.handleErrors) return {named["keep_log"], "needs handle_errors"};
  return {};
}

}  // namespace

constexpr Grammar mirrorGrammar = grammar<Mirror, MirrorStatus>(
    table, status, {.check = check, .exactCase = true, .closed = true});

}  // namespace detail

DEVMAP_TARGET(Mirror, MirrorStatus, mirrorGrammar)

}  // namespace devmap::targets
