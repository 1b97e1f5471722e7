#include <algorithm>

#include <devmap/targets/multipath.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Choice queueWords[] = {{""}, {"bio"}, {"rq"}, {"mq"}};
constexpr std::span<const Choice> queueModes = queueWords;
constexpr Rule retries{.min = 1, .max = 50}, minute{.max = 60000}, most{.max = 8},
    some{.min = 1, .max = 1024}, upTo1024{.max = 1024};
constexpr Field pathFields[] = {word<&Multipath::Path::device>("device"),
                                field<&Multipath::Path::arguments>(Shape::wide, "arguments")};
constexpr Nest paths = nest<&Multipath::Group::paths>(pathFields);
constexpr Field groupOf[] = {
    word<&Multipath::Group::selector>("selector"),
    groupRequired("selector_arguments"),
    field<&Multipath::Group::selectorArguments>(Shape::tail, "selector_arguments"),
    end,
    field<&Multipath::Group::paths>(Shape::count, "paths").of(paths).with(some),
    field<&Multipath::Group::paths>(Shape::width, "path arguments").of(paths),
    field<&Multipath::Group::paths>(Shape::elements, "paths").of(paths),
};
constexpr Names<groupOf> namedInGroup;
constexpr Nest groups = nest<&Multipath::groups>(groupOf);
constexpr Field table[] = {
    groupRequired("features", &most),
    option<&Multipath::queueIfNoPath>("queue_if_no_path"),
    option<&Multipath::initRetries>("pg_init_retries").with(retries),
    option<&Multipath::initDelay>("pg_init_delay_msecs").in(Unit::milliseconds).with(minute),
    option<&Multipath::retainAttachedHandler>("retain_attached_hw_handler")
        .from(1, 5)
        .is(Shown::unused),
    option<&Multipath::queueMode>("queue_mode").of(queueModes).withName().from(1, 12),
    unknown<&Multipath::unknown>(),
    end,
    groupRequired("hardware_handler"),
    field<&Multipath::handler>(Shape::optional, "hardware_handler").is(Shown::byDevice),
    field<&Multipath::handlerArguments>(Shape::tail, "hardware_handler_arguments").is(Shown::never),
    end,
    field<&Multipath::groups>(Shape::count, "groups").of(groups),
    word<&Multipath::firstGroup>("first_group").with(upTo1024),
    field<&Multipath::groups>(Shape::elements, "groups").of(groups),
    rest<&Multipath::rest>(),
};
constexpr Names<table> named;
constexpr Choice groupWords[] = {{"D"}, {"A"}, {"E"}, otherWord},
                 pathWords[] = {{"A"}, {"F"}, otherWord};
constexpr std::span<const Choice> groupStates = groupWords, pathStates = pathWords;
constexpr Field pathStatus[] = {
    word<&MultipathStatus::Path::device>("device"),
    word<&MultipathStatus::Path::state>("state").of(pathStates),
    word<&MultipathStatus::Path::failures>("failures"),
    field<&MultipathStatus::Path::selector>(Shape::wide, "selector"),
};
constexpr Nest statusPaths = nest<&MultipathStatus::Group::paths>(pathStatus);
constexpr Field groupStatus[] = {
    word<&MultipathStatus::Group::state>("state").of(groupStates),
    groupRequired("selector"),
    field<&MultipathStatus::Group::selector>(Shape::tail, "selector"),
    end,
    field<&MultipathStatus::Group::paths>(Shape::count, "paths").of(statusPaths),
    field<&MultipathStatus::Group::paths>(Shape::width, "selector words").of(statusPaths),
    field<&MultipathStatus::Group::paths>(Shape::elements, "paths").of(statusPaths),
};
constexpr Nest statusGroups = nest<&MultipathStatus::groups>(groupStatus);
constexpr Field status[] = {
    groupRequired("status"),
    word<&MultipathStatus::queueIo>("queue_io"),
    word<&MultipathStatus::initialisations>("pg_init_count"),
    unknown<&MultipathStatus::unknown>(),
    end,
    groupRequired("hardware_handler"),
    field<&MultipathStatus::handler>(Shape::tail, "hardware_handler"),
    end,
    field<&MultipathStatus::groups>(Shape::count, "groups").of(statusGroups),
    word<&MultipathStatus::currentGroup>("current_group"),
    field<&MultipathStatus::groups>(Shape::elements, "groups").of(statusGroups),
    rest<&MultipathStatus::rest>(),
};

// The arguments that Linux's path selectors accept, for themselves and for each path (dm-ps-*.c:
// *_create, *_add_path). The kernel reads the words as numbers. Other selectors are left to the
// kernel.
struct Selector {
  std::string_view name;
  std::size_t most;
  std::size_t leastOfPath, mostOfPath;
  // What the kernel shows for a missing word. It turns a repeat count above 1 into 1;
  // historical-service-time shows 0 for any.
  std::string_view own[2], ofPath[2];
  bool repeats;
};
constexpr Selector selectors[] = {{"round-robin", 1024, 0, 1, {}, {"1"}, true},
                                  {"queue-length", 1024, 0, 1, {}, {"1"}, true},
                                  {"service-time", 1024, 0, 2, {}, {"1", "1"}, true},
                                  {"historical-service-time", 2, 0, 1, {"972", "0"}, {"0"}, false},
                                  {"io-affinity", 1024, 1, 1, {}, {}, false}};

Fault checkSelector(const Selector& selector, const Multipath::Group& group) noexcept {
  std::uint64_t number = 0;
  const auto numeric = [&](const std::string& word) { return readNumber(word, number); };
  if (group.selectorArguments.size() > selector.most)
    return {namedInGroup["selector_arguments"], "are more than the selector takes"};
  for (const auto& path : group.paths) {
    const Words& words = path.arguments;
    if (words.size() < selector.leastOfPath || words.size() > selector.mostOfPath) {
      return {namedInGroup["paths"], "have more or fewer arguments than the selector takes"};
    }
    if (selector.leastOfPath == 0 && !std::ranges::all_of(words, numeric))
      return {namedInGroup["paths"], "an argument is not a number"};
    if (words.size() == 2 && number > 100)
      return {namedInGroup["paths"], "the throughput is more than 100"};
  }
  return {};
}

// dm-mpath.c: multipath_ctr, parse_priority_group
Fault check(const void* object, std::uint64_t) noexcept {
  const auto& multipath = *static_cast<const Multipath*>(object);
  if ((multipath.firstGroup == 0) != multipath.groups.empty())
    return {named["first_group"], "is 0 without groups, and counted from 1 with them"};
  if (multipath.handler.empty() && !multipath.handlerArguments.empty())
    return {named["hardware_handler"], "arguments without a handler"};
  for (const auto& group : multipath.groups) {
    for (const auto& path : group.paths) {
      if (path.arguments.size() != group.paths.front().arguments.size()) {
        return {named["groups"], "all paths of a group have equally many arguments"};
      }
    }
    for (const Selector& selector : selectors) {
      if (selector.name != group.selector) continue;
      if (const Fault found = checkSelector(selector, group); found.why != nullptr) return found;
    }
  }
  return {};
}

/// Changes words to what the kernel shows: numbers lose leading zeros, and missing words are filled
/// in. Further words are unused, and dropped.
void complete(Words& words, std::span<const std::string_view> usual) {
  std::size_t count = 0;
  while (count < usual.size() && !usual[count].empty()) ++count;
  words.resize(std::min(words.size(), count));
  for (std::string& word : words) {
    if (std::uint64_t number = 0; readNumber(word, number)) word = decimal(number);
  }
  while (words.size() < count) words.emplace_back(usual[words.size()]);
}

void normaliseGroup(const Selector& selector, Multipath::Group& group) {
  complete(group.selectorArguments, selector.own);
  if (selector.ofPath[0].empty()) return;  // a CPU mask
  for (Multipath::Path& path : group.paths) {
    complete(path.arguments, selector.ofPath);
    if (!selector.repeats || path.arguments[0] != "0") path.arguments[0] = selector.ofPath[0];
  }
}

// dm-mpath.c: multipath_ctr, parse_hw_handler, multipath_status; dm-ps-*.c: *_add_path, *_status.
// Kernels since 4.15 always keep an attached handler, and some show that.
void normalise(void* object) noexcept {
  auto& multipath = *static_cast<Multipath*>(object);
  multipath.retainAttachedHandler = true;
  if (multipath.queueMode != Multipath::QueueMode::bio)
    multipath.queueMode = Multipath::QueueMode::unspecified;
  if (multipath.queueMode == Multipath::QueueMode::bio) {
    multipath.handler.clear();
    multipath.handlerArguments.clear();
  }
  for (auto& group : multipath.groups) {
    const auto* const known = std::ranges::find(selectors, group.selector, &Selector::name);
    if (known != std::end(selectors)) normaliseGroup(*known, group);
  }
}

}  // namespace

constexpr Grammar multipathGrammar = grammar<Multipath, MultipathStatus>(
    table, status,
    {.attributes = {.singleton = true, .immutable = true, .requestBased = true},
     .check = check,
     .normalise = normalise,
     .closed = true});

}  // namespace detail

DEVMAP_TARGET(Multipath, MultipathStatus, multipathGrammar)

}  // namespace devmap::targets
