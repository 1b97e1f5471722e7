// layer ...: image stores on thin pools; pool status, check and grow.

#include <devmap/thin/layers.hpp>

#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "cli/session.hpp"
#include "show/json.hpp"

namespace tool {
namespace {

bool sizeOf(const Call& call, std::size_t operand, Sectors& size) {
  if (operand >= call.operands.size()) return true;
  const auto value = sectors(call.operands[operand]);
  if (!value)
    return failUsage(
        call, "'", call.operands[operand],
        "' is not a size: sectors, or a number with b, s, K, M, G, T or P, in whole sectors");
  size = *value;
  return true;
}

std::string_view operand(const Call& call, std::size_t index) {
  return index < call.operands.size() ? call.operands[index] : std::string_view();
}

/// Opens the store that the first operand names, reports what a crash left behind, and runs
/// `function` on it.
bool onLayers(Session& session, Result<void> (*function)(Session&, Layers&, Sectors),
              std::size_t sizeOperand = SIZE_MAX) {
  const Call& call = session.call();
  Sectors size;
  if (!sizeOf(call, sizeOperand, size) || !session.open()) return false;
  Recovery report;
  auto layers = Layers::open(session.context(), call.operands[0], &report);
  for (const std::string& action : report.actions) complain("devmap: after a crash: ", action);
  if (!layers) return session.fail(layers.error());
  return session.ok(function(session, *layers, size));
}

using Number = std::optional<std::uint64_t>;

void putBytes(std::string_view what, Number used, Number total) {
  if (used && total) print(padded(what, 16), *used, " of ", *total, " bytes used\n");
}

void putNumber(JsonLine& json, const char* name, Number number) {
  if (number) json.number(name, *number);
}

void printStatusJson(const Pool& pool, const PoolStatus& status, JsonLine json) {
  json.text("pool", pool.name())
      .text("uuid", pool.uuid())
      .text("health", toString(status.health))
      .boolean("suspended", status.suspended);
  putNumber(json, "transaction_id", status.transactionId);
  putNumber(json, "data_used", status.dataUsed);
  putNumber(json, "data_total", status.dataTotal);
  putNumber(json, "metadata_used", status.metadataUsed);
  putNumber(json, "metadata_total", status.metadataTotal);
  json.number("block_size", toBytes(pool.blockSize()));
  if (status.errorIfNoSpace) json.boolean("error_if_no_space", *status.errorIfNoSpace);
  json.text("advice", status.advice()).end();
}

/// `json`: the members that precede those of a pool.
Result<void> showStatus(const Call& call, const Pool& pool, JsonLine json = {}) {
  auto status = pool.status();
  if (!status) return std::move(status).error();
  if (call.has(Option::json)) {
    printStatusJson(pool, *status, std::move(json));
    return {};
  }
  print(padded("Pool:", 16), displayable(pool.name()), "\n", padded("UUID:", 16),
        displayable(pool.uuid()), "\n", padded("Health:", 16), toString(status->health),
        status->suspended ? ", suspended" : "", "\n");
  if (status->transactionId) print(padded("Transaction:", 16), *status->transactionId, "\n");
  putBytes("Data:", status->dataUsed, status->dataTotal);
  putBytes("Metadata:", status->metadataUsed, status->metadataTotal);
  print(padded("Block size:", 16), toBytes(pool.blockSize()), "\n");
  if (status->errorIfNoSpace)
    print(padded("When full:", 16), *status->errorIfNoSpace ? "writes fail" : "writes wait", "\n");
  if (const std::string advice = status->advice(); !advice.empty())
    print(padded("To do:", 16), advice, "\n");
  return {};
}

bool tellCheck(Session& session, const Result<bool>& good, std::string_view device) {
  if (!good) return session.fail(good.error());
  if (*good) return true;
  return fail("the metadata is damaged; with a spare device of that size: thin_repair -i ", device,
              " -o SPARE");
}

}  // namespace

bool runPoolStatus(Session& session) {
  const Call& call = session.call();
  if (!session.open()) return false;
  const auto device = findDevice(session.context(), call.operands[0]);
  if (!device) return session.fail(device.error());
  const auto pool = Pool::open(session.context(), device->device);
  return session.ok(pool) && session.ok(showStatus(call, *pool));
}

bool runPoolGrow(Session& session) {
  const Call& call = session.call();
  if (!session.open()) return false;
  const auto device = findDevice(session.context(), call.operands[0]);
  if (!device) return session.fail(device.error());
  const auto data = BlockDevice::open(call.operands[1]);
  if (!data) return session.fail(data.error());
  auto pool = Pool::open(session.context(), device->device);
  return pool ? session.ok(pool->grow(*data)) : session.fail(pool.error());
}

bool runPoolCheck(Session& session) {
  const Call& call = session.call();
  if (!session.open()) return false;
  const auto metadata = BlockDevice::open(call.operands[0]);
  if (!metadata) return session.fail(metadata.error());
  return tellCheck(session, checkPoolMetadata(session.context(), *metadata), metadata->path());
}

bool runLayerInit(Session& session) {
  const Call& call = session.call();
  LayersSettings settings;
  settings.name = call.operands[1];
  Sectors size;
  if (call.operands.size() == 4) {
    settings.data = call.operands[2];
    settings.metadata = call.operands[3];
  } else if (!sizeOf(call, 2, size)) {
    return false;
  }
  settings.bytes = toBytes(size);
  if (!session.open()) return false;
  return session.ok(Layers::create(session.context(), call.operands[0], settings));
}

bool runLayerBase(Session& session) {
  return onLayers(
      session,
      [](Session& s, Layers& layers, Sectors size) {
        return layers.base(operand(s.call(), 1), size);
      },
      2);
}

bool runLayerAdd(Session& session) {
  return onLayers(
      session,
      [](Session& s, Layers& layers, Sectors size) {
        return layers.add(operand(s.call(), 1), operand(s.call(), 2), size);
      },
      3);
}

bool runLayerMount(Session& session) {
  return onLayers(session, [](Session& s, Layers& layers, Sectors) -> Result<void> {
    auto path = layers.mount(operand(s.call(), 1), s.call().has(Option::readOnly));
    if (!path) return std::move(path).error();
    if (s.call().has(Option::json))
      JsonLine().text("layer", operand(s.call(), 1)).text("path", *path).end();
    else
      print(*path, "\n");
    return {};
  });
}

bool runLayerUnmount(Session& session) {
  return onLayers(session, [](Session& s, Layers& layers, Sectors) {
    return layers.unmount(operand(s.call(), 1));
  });
}

bool runLayerRemove(Session& session) {
  return onLayers(session, [](Session& s, Layers& layers, Sectors) {
    return layers.remove(operand(s.call(), 1));
  });
}

bool runLayerDiff(Session& session) {
  return onLayers(session, [](Session& s, Layers& layers, Sectors) -> Result<void> {
    auto bytes = layers.diffSize(operand(s.call(), 1));
    if (!bytes) return std::move(bytes).error();
    if (s.call().has(Option::json))
      JsonLine().text("layer", operand(s.call(), 1)).number("bytes", *bytes).end();
    else
      print(*bytes, "\n");
    return {};
  });
}

bool runLayerList(Session& session) {
  return onLayers(session, [](Session& s, Layers& layers, Sectors) -> Result<void> {
    auto all = layers.list();
    if (!all) return std::move(all).error();
    for (const Layer& layer : *all) {
      if (s.call().has(Option::json)) {
        JsonLine json;
        json.text("layer", layer.volume.name)
            .text("parent", layer.parent)
            .number("bytes", toBytes(layer.volume.size));
        json.boolean("active", layer.active).boolean("mounted", layer.mounted).end();
        continue;
      }
      print(layer.volume.name, "\t", layer.parent.empty() ? "-" : layer.parent, "\t",
            toBytes(layer.volume.size), "\t",
            layer.mounted  ? "mounted"
            : layer.active ? "active"
                           : "-",
            "\n");
    }
    return {};
  });
}

bool runLayerGrow(Session& session) {
  return onLayers(
      session, [](Session&, Layers& layers, Sectors size) { return layers.grow(toBytes(size)); },
      1);
}

bool runLayerClose(Session& session) {
  return onLayers(session, [](Session&, Layers& layers, Sectors) { return layers.close(); });
}

bool runLayerStatus(Session& session) {
  return onLayers(session, [](Session& s, Layers& layers, Sectors) -> Result<void> {
    JsonLine json;
    json.number("layers", layers.volumes().list().size());
    if (!s.call().has(Option::json))
      print(padded("Layers:", 16), layers.volumes().list().size(), "\n");
    return showStatus(s.call(), layers.volumes().pool(), std::move(json));
  });
}

bool runLayerCheck(Session& session) {
  const Call& call = session.call();
  if (!session.open()) return false;
  return tellCheck(session, Layers::check(session.context(), call.operands[0]), "METADATA");
}

}  // namespace tool
