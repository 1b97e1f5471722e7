#include <devmap/targets/snapshot.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Choice persistenceWords[] = {{"P"}, {"PO", version(1, 15)}, {"N"}},
                 mergeWords[] = {{"P"}, {"PO", version(1, 4)}, {"N"}};
constexpr std::span<const Choice> persistences = persistenceWords, mergePersistences = mergeWords;
constexpr Rule chunk{.max = UINT32_MAX, .powerOfTwo = true, .byDefault = 0}, most{.max = 2};

template <typename T, const std::span<const Choice>& P>
inline constexpr Field tableOf[] = {
    word<&T::origin>("origin"),
    word<&T::cow>("cow").fixedForLife(),
    word<&T::persistence>("persistence").of(P).fixedForLife(),
    word<&T::chunk>("chunk").in(Unit::sectors).with(chunk).fixedForLife().is(Shown::byDevice),
    group(&most),
    option<&T::discardZeroesCow>("discard_zeroes_cow").from(1, 16),
    option<&T::discardPassdownOrigin>("discard_passdown_origin").from(1, 16),
    unknown<&T::unknown>(),
    end,
    rest<&T::rest>(),
};
constexpr Names<tableOf<Snapshot, persistences>> named;
// clang 14 does not call a consteval function in a template.
constexpr std::string_view cow = named["cow"], chunkName = named["chunk"],
                           persistence = named["persistence"],
                           discardPassdownOrigin = named["discard_passdown_origin"];
constexpr Field originTable[] = {word<&SnapshotOrigin::device>("device"),
                                 rest<&SnapshotOrigin::rest>()};
constexpr Choice stateWords[] = {
    {"active"}, {"Invalid"}, {"Merge failed"}, {"Overflow"}, {"Unknown"}};
constexpr std::span<const Choice> states = stateWords;
constexpr Field status[] = {
    field<&SnapshotStatus::state>(Shape::whole, "state").of(states),
    word<&SnapshotStatus::allocated>("allocated").in(Unit::sectors),
    field<&SnapshotStatus::metadata>(Shape::optional, "metadata").in(Unit::sectors),
    rest<&SnapshotStatus::rest>(),
};

// dm-snap.c: snapshot_ctr, parse_snapshot_features
template <typename T>
Fault check(const void* object, std::uint64_t) noexcept {
  const auto& snapshot = *static_cast<const T*>(object);
  if (snapshot.origin == snapshot.cow) return {cow, "must not be the origin"};
  if (snapshot.discardPassdownOrigin && !snapshot.discardZeroesCow)
    return {discardPassdownOrigin, "needs discard_zeroes_cow"};
  if (snapshot.persistence == Persistence::transient && snapshot.chunk.count == 0) {
    return {chunkName, "a transient snapshot has no header to take it from"};
  }
  if (T::type != Snapshot::type && snapshot.persistence == Persistence::transient)
    return {persistence, "a transient snapshot cannot be merged"};
  return {};
}

}  // namespace

constexpr Grammar snapshotGrammar = grammar<Snapshot, SnapshotStatus>(
    tableOf<Snapshot, persistences>, status, {.check = check<Snapshot>});
constexpr Grammar snapshotMergeGrammar = grammar<SnapshotMerge, SnapshotStatus>(
    tableOf<SnapshotMerge, mergePersistences>, status, {.check = check<SnapshotMerge>});
constexpr Grammar snapshotOriginGrammar =
    grammar<SnapshotOrigin, NoStatus>(originTable, noStatus, {.closed = true});

}  // namespace detail

DEVMAP_TARGET(Snapshot, SnapshotStatus, snapshotGrammar)
DEVMAP_TARGET(SnapshotMerge, SnapshotStatus, snapshotMergeGrammar)
DEVMAP_TARGET(SnapshotOrigin, NoStatus, snapshotOriginGrammar)

}  // namespace devmap::targets
