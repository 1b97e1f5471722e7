// pool ...: thin pools and their volumes.

#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "cli/session.hpp"

namespace tool {
namespace {

constexpr std::uint64_t largestThinId = (1U << 24) - 1;

bool idOf(const Call& call, std::string_view word, ThinId& id) {
  const auto value = decimal(word, largestThinId);
  if (!value) return failUsage(call, "'", word, "' is not a thin id: 0 to ", largestThinId);
  id = static_cast<ThinId>(*value);
  return true;
}

bool sizeOf(const Call& call, std::string_view word, Sectors& size) {
  const auto value = sectors(word);
  if (!value)
    return failUsage(
        call, "'", word,
        "' is not a size: sectors, or a number with b, s, K, M, G, T or P, in whole sectors");
  size = *value;
  return true;
}

/// Name of the device that an operand means. A path is looked up.
bool nameOf(Session& session, std::string_view operand, std::string& name) {
  std::span<const std::string_view> operands(&operand, 1);
  const auto address = session.device(operands);
  if (!address) return false;
  name = address->name;
  if (!name.empty()) return true;
  auto info = session.task(TaskType::DeviceInfo, *address);
  if (!info) return session.fail(info.error());
  if (!session.ok(info->run())) return false;
  if (!info->info().exists) return session.failMissing(*address);
  name = info->info().name;
  return true;
}

/// Opens the context and finds the pool that the first operand means.
bool openPool(Session& session, std::string& pool) {
  return session.open() && nameOf(session, session.call().operands[0], pool);
}

using PoolFunction = Result<void> (*)(DeviceMapper&, std::string_view, const BlockDevice&,
                                      const BlockDevice&, Sectors) noexcept;

/// pool create and pool reload, which take the same operands.
bool makePool(Session& session, std::string_view pool, Sectors blockSize, PoolFunction function) {
  const Call& call = session.call();
  const auto data = BlockDevice::open(call.operands[1]);
  if (!data) return session.fail(data.error());
  const auto metadata = BlockDevice::open(call.operands[2]);
  if (!metadata) return session.fail(metadata.error());
  return session.ok(function(session.context(), pool, *data, *metadata, blockSize));
}

}  // namespace

bool runPoolCreate(Session& session) {
  const Call& call = session.call();
  const auto name = Name::parseForNode(call.operands[0]);
  if (!name) return session.fail(name.error());
  Sectors blockSize;
  return sizeOf(call, call.operands[3], blockSize) && session.open() &&
         makePool(session, name->str(), blockSize, &createPool);
}

bool runPoolReload(Session& session) {
  const Call& call = session.call();
  std::string pool;
  Sectors blockSize;
  return sizeOf(call, call.operands[3], blockSize) && openPool(session, pool) &&
         makePool(session, pool, blockSize, &reloadPool);
}

bool runPoolThin(Session& session) {
  const Call& call = session.call();
  std::string pool;
  ThinId id = 0;
  return idOf(call, call.operands[1], id) && openPool(session, pool) &&
         session.ok(createDevice(session.context(), pool, id));
}

bool runPoolSnap(Session& session) {
  const Call& call = session.call();
  std::string pool;
  std::string base;
  ThinId id = 0;
  ThinId baseId = 0;
  return idOf(call, call.operands[1], id) && idOf(call, call.operands[3], baseId) &&
         openPool(session, pool) && nameOf(session, call.operands[2], base) &&
         session.ok(createSnapDevice(session.context(), pool, id, base, baseId));
}

bool runPoolDelete(Session& session) {
  const Call& call = session.call();
  std::string pool;
  ThinId id = 0;
  return idOf(call, call.operands[1], id) && openPool(session, pool) &&
         session.ok(deleteDevice(session.context(), pool, id));
}

bool runPoolActivate(Session& session) {
  const Call& call = session.call();
  std::string pool;
  ThinId id = 0;
  Sectors size;
  const auto name = Name::parseForNode(call.operands[1]);
  if (!name) return session.fail(name.error());
  if (!idOf(call, call.operands[2], id) || !sizeOf(call, call.operands[3], size) ||
      !openPool(session, pool))
    return false;
  const auto& external = call.value(Option::external);
  if (!external) return session.ok(activateDevice(session.context(), pool, name->str(), id, size));
  const auto origin = BlockDevice::open(*external);
  if (!origin) return session.fail(origin.error());
  return session.ok(activateDevice(session.context(), pool, name->str(), id, size, &*origin));
}

bool runPoolSetTransactionId(Session& session) {
  const Call& call = session.call();
  const auto oldId = decimal(call.operands[1]);
  const auto newId = decimal(call.operands[2]);
  if (!oldId || !newId) return failUsage(call, "OLD and NEW are numbers");
  std::string pool;
  return openPool(session, pool) &&
         session.ok(setTransactionId(session.context(), pool, *oldId, *newId));
}

}  // namespace tool
