// What the user can do about an error: one sentence, only if there is something to do.

#include <algorithm>
#include <cerrno>
#include <optional>
#include <vector>

#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "cli/session.hpp"

namespace tool {
namespace {

/// What ends the use of a device that cannot be removed. The error names the users.
std::string hintForRemove(const Error& error, DeviceMapper& context) {
  const auto device = findDevice(context, error.device);
  if (!device || device->openCount == 0) return {};
  const auto users = usersOf(context, device->device);
  if (users && !users->devices.empty()) return "remove what stands on it first";
  if (users && !users->mounts.empty()) return "unmount it first";
  if (users && users->swap) return "'swapoff' ends that";
  return join("'fuser -vm /dev/dm-", device->device.minor, "' may name the process");
}

/// The thin id that the verb was to delete from a pool; nothing for other verbs.
std::optional<std::uint64_t> deletedVolume(const Call& call) {
  const std::string_view verb = call.verb.name;
  if (verb == "pool delete" && call.operands.size() == 2) return decimal(call.operands[1]);
  if (verb != "message") return std::nullopt;
  std::vector<std::string_view> words;
  for (const std::string_view operand : call.operands.subspan(1))
    for (const std::string_view word : devmap::words(operand)) words.push_back(word);
  if (words.size() > 2 && words[0] != "delete") words.erase(words.begin());  // the sector, if given
  return words.size() == 2 && words[0] == "delete" ? decimal(words[1]) : std::nullopt;
}

/// Names of the devices that are volume `id` of `pool`: rows `START LENGTH thin POOL ID [ORIGIN]`.
std::string devicesOfVolume(DeviceMapper& context, DeviceNumber pool, std::uint64_t id) {
  std::string names;
  const auto devices = list(context);
  if (!devices) return names;
  for (const DeviceEntry& device : *devices) {
    // Tables of other types may hold keys: they are not read.
    const auto types = status(context, device.device);
    if (!types || std::ranges::find(types->rows, "thin", &Row::type) == types->rows.end()) continue;
    const auto rows = table(context, device.device);
    if (!rows) continue;
    for (const Row& row : rows->rows) {
      const auto params = devmap::words(row.params);
      if (row.type != "thin" || params.size() < 2 || params[0] != toString(pool) ||
          decimal(params[1]) != id)
        continue;
      names += join(names.empty() ? "" : ", ", displayable(device.name));
      break;
    }
  }
  return names;
}

std::string hintForBusy(const Error& error, const Call& call, DeviceMapper& context) {
  if (std::string_view(call.verb.name) == "remove") return hintForRemove(error, context);
  const auto volume = deletedVolume(call);
  if (!volume) return {};  // not the error's device is busy, but something that its table names
  const auto pool = findDevice(context, error.device);
  if (!pool) return {};
  const std::string names = devicesOfVolume(context, pool->device, *volume);
  return names.empty() ? std::string() : join("remove the device of this volume first: ", names);
}

std::string hintForExisting(const Error& error, DeviceMapper* context) {
  if (context == nullptr || error.device.empty()) return {};
  auto info = createTask(*context, TaskType::DeviceInfo, error.device);
  if (!info || !info->run() || !info->info().exists) return {};
  return join("'devmap info ", displayable(error.device), "' shows the device that has this name");
}

/// Whether the verb was to make the error's device.
bool makesDevice(const Call& call) noexcept {
  const std::string_view verb = call.verb.name;
  return verb.ends_with("create") || verb.ends_with("activate");
}

}  // namespace

std::string hintFor(const Error& error, const Call& call, DeviceMapper* context) {
  switch (error.code) {
    case Errc::busy: return context == nullptr ? "" : hintForBusy(error, call, *context);
    case Errc::permissionDenied: return error.detail.empty() ? "run it as root" : "";
    case Errc::alreadyExists:
      return makesDevice(call) && error.errnum == EBUSY ? hintForExisting(error, context) : "";
    case Errc::notFound:
      if (context == nullptr || makesDevice(call) || error.device.empty() || error.row) return {};
      if (error.errnum != 0 && error.errnum != ENXIO)
        return {};  // not the device, but a thin id or a backing device
      return "'devmap ls' lists the devices there are";
    case Errc::suspended:
      return join("'devmap resume ", displayable(error.device), "' lets its I/O flow again");
    case Errc::refusedByKernel:
      return error.kernelMessage.empty() && error.errnum != 0
                 ? "the kernel log (dmesg) may say more"
                 : "";
    default: return {};
  }
}

}  // namespace tool
