// Commands on whole devices.

#include <cerrno>

#include <fake/mapper/ioctl.hpp>
#include <fake/text.hpp>

namespace devmap::fake {
namespace {

int checkName(Machine& machine, std::string_view name) {
  if (name.find('/') != std::string_view::npos) {
    machine.error("ioctl: device name cannot contain '/'");
    return EINVAL;
  }
  if (machine.hasInterface(48) && (name == "control" || name == "." || name == "..")) {
    machine.error(R"(ioctl: device name cannot be "control", ".", or "..")");
    return EINVAL;
  }
  return 0;
}

// dm-ioctl.c: dm_hash_rename.
int rename(Call& call, const std::string& text, bool asUuid, DevicePtr& device) {
  Machine& machine = call.machine;
  if (asUuid ? findByUuid(machine, text) : findByName(machine, text)) {
    machine.error(std::string("ioctl: Unable to change ") + (asUuid ? "uuid" : "name") +
                  " on mapped device " + call.name() + " to one that already exists: " + text);
    return EBUSY;
  }
  device = findByName(machine, call.name());
  if (!device) {
    machine.error("ioctl: Unable to rename non-existent device, " + call.name() + " to " +
                  (asUuid ? "uuid " : "") + text);
    return ENXIO;
  }
  if (asUuid && !device->uuid.empty()) {
    machine.error("ioctl: Unable to change uuid of mapped device " + call.name() + " to " + text +
                  " because uuid is already set to " + device->uuid);
    return EINVAL;
  }
  (asUuid ? device->uuid : device->name) = text;
  return 0;
}

}  // namespace

int commandCreate(Call& call) {
  if (const int error = checkName(call.machine, call.name()); error != 0) return error;
  const DeviceNumber wanted = decodeDevice(call.head.dev);
  DevicePtr device;
  const int error = createDevice(call.machine, call.name(), call.uuid(),
                                 call.flag(uapi::flagPersistentDev) ? &wanted : nullptr, device);
  if (error != 0) return error;
  call.setFlag(uapi::flagInactivePresent, false);
  fillStatus(call, *device);
  return 0;
}

int commandRemove(Call& call) {
  const DevicePtr device = findDevice(call);
  if (!device) return ENXIO;
  const bool deferred = call.flag(uapi::flagDeferredRemove);
  if (lockForDeletion(*device, deferred) != 0) return deferred ? 0 : EBUSY;
  call.setFlag(uapi::flagDeferredRemove, false);
  const std::uint32_t cookie = call.head.event_nr;
  bool generated = false;
  removeDevice(call.machine, device, &cookie, generated);
  call.setFlag(uapi::flagUeventGenerated, generated);
  return 0;
}

int commandRemoveAll(Call& call) {
  removeAll(call.machine, call.flag(uapi::flagDeferredRemove));
  call.noCopyBack = true;
  return 0;
}

int commandRename(Call& call) {
  const bool asUuid = call.flag(uapi::flagUuid);
  std::string text;
  if (!call.text(call.head.data_start, text) || text.empty() ||
      text.size() >= (asUuid ? uapi::uuidLength : uapi::nameLength)) {
    call.machine.error("ioctl: Invalid new mapped device name or uuid string supplied.");
    return EINVAL;
  }
  if (!asUuid) {
    if (const int error = checkName(call.machine, text); error != 0) return error;
  }
  DevicePtr device;
  const std::uint32_t cookie = call.head.event_nr;
  if (const int error = rename(call, text, asUuid, device); error != 0) return error;
  raiseTableEvent(call.machine, *device);
  if (device->hasDisk) {
    sendUevent(call.machine, "change", *device, cookie);
    call.setFlag(uapi::flagUeventGenerated, true);
  }
  fillStatus(call, *device);
  return 0;
}

int commandSuspend(Call& call) {
  const DevicePtr device = findDevice(call);
  if (!device) return ENXIO;
  if (call.flag(uapi::flagSuspend)) {
    suspendDevice(*device);
  } else {
    bool generated = false;
    call.setFlag(uapi::flagInactivePresent, false);
    if (const int error = resumeDevice(call.machine, *device, call.head.event_nr, generated);
        error != 0)
      return error;
    call.setFlag(uapi::flagUeventGenerated, generated);
  }
  fillStatus(call, *device);
  return 0;
}

int commandStatus(Call& call) {
  const DevicePtr device = findDevice(call);
  if (!device) return ENXIO;
  fillStatus(call, *device);
  return 0;
}

int commandWait(Call& call) {
  const DevicePtr device = findDevice(call);
  if (!device) return ENXIO;
  const auto happened = [&] { return device->eventNr != call.head.event_nr || device->removed; };
  if (call.machine.waitUntil(call.lock, std::nullopt, happened) == WaitResult::interrupted)
    return EINTR;
  fillStatus(call, *device);
  writeRows(call, *device);
  return 0;
}

int commandArmPoll(Call& call) {
  call.control.seenEventNr = call.machine.mapper.globalEventNr;
  return 0;
}

int commandGeometry(Call& call) {
  if (!findDevice(call)) return ENXIO;
  std::string text;
  if (!call.text(call.head.data_start, text)) {
    call.machine.error("ioctl: Invalid geometry supplied.");
    return EINVAL;
  }
  const auto words = splitArguments(text);
  std::uint64_t values[4] = {};
  bool good = words.size() == 4;
  for (std::size_t i = 0; good && i < 4; ++i) good = parseNumber(words[i], values[i]);
  if (!good) {
    call.machine.error("ioctl: Unable to interpret geometry settings.");
    return EINVAL;
  }
  if (values[0] > 65535 || values[1] > 255 || values[2] > 255) {
    call.machine.error("ioctl: Geometry exceeds range limits.");
    return EINVAL;
  }
  if (values[3] > values[0] * values[1] * values[2]) {
    call.machine.error("core: Start sector is beyond the geometry limits.");
    return EINVAL;
  }
  call.noCopyBack = true;
  return 0;
}

}  // namespace devmap::fake
