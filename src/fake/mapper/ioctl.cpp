#include <fake/mapper/ioctl.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fake/text.hpp>

namespace devmap::fake {
namespace {

struct Command {
  const char* name;
  int (*execute)(Call&);
  bool headerOnly;      ///< the kernel reads the header only
  bool raisesEvent;     ///< success wakes pollers
  std::uint32_t since;  ///< minor version of the interface
};

constexpr std::array<Command, commandCount> commands{
    {{"VERSION", nullptr, false, false, 0},
     {"REMOVE_ALL", commandRemoveAll, true, true, 0},
     {"LIST_DEVICES", commandList, false, false, 0},
     {"DEV_CREATE", commandCreate, true, true, 0},
     {"DEV_REMOVE", commandRemove, true, true, 0},
     {"DEV_RENAME", commandRename, false, true, 0},
     {"DEV_SUSPEND", commandSuspend, true, false, 0},
     {"DEV_STATUS", commandStatus, true, false, 0},
     {"DEV_WAIT", commandWait, false, false, 0},
     {"TABLE_LOAD", commandLoad, false, false, 0},
     {"TABLE_CLEAR", commandClear, true, false, 0},
     {"TABLE_DEPS", commandDeps, false, false, 0},
     {"TABLE_STATUS", commandTableStatus, false, false, 0},
     {"LIST_VERSIONS", commandListVersions, false, false, 1},
     {"TARGET_MSG", commandMessage, false, false, 2},
     {"DEV_SET_GEOMETRY", commandGeometry, false, false, 6},
     {"DEV_ARM_POLL", commandArmPoll, true, false, 37},
     {"GET_TARGET_VERSION", commandTargetVersion, false, false, 41}}};

template <std::size_t N>
std::string textOf(const char (&field)[N]) {
  return {field, strnlen(field, N)};
}

// dm-ioctl.c: check_version. Always returns the kernel's own version.
int checkVersion(Machine& machine, std::span<std::byte> packet, DmCommand command) {
  std::uint32_t user[3];
  std::memcpy(user, packet.data(), sizeof user);
  const Version& kernel = machine.interfaceVersion;
  const std::uint32_t own[3] = {kernel.major, kernel.minor, kernel.patch};
  std::memcpy(packet.data(), own, sizeof own);
  if (user[0] == kernel.major && user[1] <= kernel.minor) return 0;
  const auto text = [](const std::uint32_t* v) {
    return '(' + std::to_string(v[0]) + '.' + std::to_string(v[1]) + '.' + std::to_string(v[2]) +
           ')';
  };
  machine.error("ioctl: ioctl interface mismatch: kernel" + text(own) + ", user" + text(user) +
                ", cmd(" + std::to_string(static_cast<unsigned>(command)) + ')');
  return EINVAL;
}

// dm-ioctl.c: copy_params. With secure data the user's buffer is zeroed as soon as it has been
// read.
int copyIn(Call& call, const Command& command, std::span<std::byte> packet) {
  std::memcpy(&call.head, packet.data(), uapi::minPacketSize);
  if (call.head.data_size < uapi::minPacketSize || call.head.data_size > uapi::maxPacketSize) {
    call.machine.error("ioctl: Invalid data size in the ioctl structure: " +
                       std::to_string(call.head.data_size));
    return EINVAL;
  }
  if (command.headerOnly) call.head.data_size = uapi::minPacketSize;
  if (call.head.data_size > packet.size()) return EFAULT;
  const auto used = packet.first(call.head.data_size);
  call.buffer.assign(used.begin(), used.end());
  if (call.flag(uapi::flagSecureData)) std::fill(used.begin(), used.end(), std::byte{0});
  return 0;
}

// dm-ioctl.c: validate_params.
int validate(Call& call, DmCommand command) {
  call.head.flags &= ~(uapi::flagBufferFull | uapi::flagUeventGenerated | uapi::flagSecureData |
                       uapi::flagDataOut);
  if (command == DmCommand::removeAll || command == DmCommand::listDevices ||
      command == DmCommand::listVersions)
    return 0;
  if (command == DmCommand::create) {
    if (call.head.name[0] == '\0') {
      call.machine.error("ioctl: name not supplied when creating device");
      return EINVAL;
    }
  } else if (call.head.name[0] != '\0' && call.head.uuid[0] != '\0') {
    call.machine.error("ioctl: only supply one of name or uuid, cmd(" +
                       std::to_string(static_cast<unsigned>(command)) + ')');
    return EINVAL;
  }
  call.head.name[uapi::nameLength - 1] = '\0';
  call.head.uuid[uapi::uuidLength - 1] = '\0';
  return 0;
}

void copyOut(const Call& call, std::span<std::byte> packet) {
  if (call.noCopyBack) return;
  const std::size_t size = std::min<std::size_t>(call.head.data_size, call.buffer.size());
  const std::size_t head = std::min(size, uapi::minPacketSize);
  std::memcpy(packet.data(), &call.head, head);
  std::copy(call.buffer.begin() + static_cast<std::ptrdiff_t>(head),
            call.buffer.begin() + static_cast<std::ptrdiff_t>(size),
            packet.begin() + static_cast<std::ptrdiff_t>(head));
}

}  // namespace

int mapperIoctl(Machine& machine, std::unique_lock<std::mutex>& lock, Descriptor& control,
                DmCommand number, std::span<std::byte> packet) {
  if (machine.privilege != FakePrivilege::root) return EACCES;
  if (packet.size() < uapi::minPacketSize) return EFAULT;
  if (const int error = checkVersion(machine, packet, number); error != 0) return error;
  if (number == DmCommand::version) return 0;
  if (static_cast<std::size_t>(number) >= commands.size() ||
      !machine.hasInterface(commands[static_cast<std::size_t>(number)].since)) {
    machine.error("ioctl: dm_ctl_ioctl: unknown command 0x" +
                  hex(0xc138fd00U | static_cast<unsigned>(number), 8));
    return ENOTTY;
  }
  const Command& command = commands[static_cast<std::size_t>(number)];
  Call call{machine, lock, control, {}, {}, false};
  if (const int error = copyIn(call, command, packet); error != 0) return error;
  if (const int error = validate(call, number); error != 0) return error;
  call.head.data_size = uapi::minPacketSize;
  if (const int error = command.execute(call); error != 0) return error;
  if (command.raisesEvent) raiseGlobalEvent(machine);
  if (!machine.hasInterface(17)) call.setFlag(uapi::flagUeventGenerated, false);
  copyOut(call, packet);
  return 0;
}

std::string describeIoctl(DmCommand number, std::span<const std::byte> packet) {
  const auto index = static_cast<std::size_t>(number);
  std::string text = "ioctl " + (index < commands.size() ? std::string(commands[index].name)
                                                         : std::to_string(index));
  if (packet.size() < uapi::minPacketSize) return text;
  dm_ioctl head{};
  std::memcpy(&head, packet.data(), uapi::minPacketSize);
  if (head.name[0] != '\0') text += " name=" + textOf(head.name);
  if (head.uuid[0] != '\0') text += " uuid=" + textOf(head.uuid);
  if (head.dev != 0) text += " dev=" + numberText(decodeDevice(head.dev));
  if (head.flags != 0) text += " flags=0x" + hex(head.flags, 1);
  if (head.event_nr != 0) text += " event=0x" + hex(head.event_nr, 1);
  return text;
}

std::span<std::byte> Call::results() {
  head.data_start = uapi::headerSize;
  return size() > uapi::headerSize ? std::span(buffer).subspan(uapi::headerSize)
                                   : std::span<std::byte>();
}

bool Call::text(std::size_t offset, std::string& text) const {
  if (offset < uapi::minPacketSize || offset >= size()) return false;
  const char* begin = reinterpret_cast<const char*>(buffer.data()) + offset;
  const std::size_t length = strnlen(begin, size() - offset);
  text.assign(begin, length);
  return length < size() - offset;
}

std::string Call::name() const { return textOf(head.name); }

std::string Call::uuid() const { return textOf(head.uuid); }

void Call::setName(std::string_view name) {
  std::memset(head.name, 0, sizeof head.name);
  name.copy(head.name, sizeof head.name - 1);
}

void Call::setUuid(std::string_view uuid) {
  std::memset(head.uuid, 0, sizeof head.uuid);
  uuid.copy(head.uuid, sizeof head.uuid - 1);
}

DevicePtr findDevice(Call& call) {
  Machine& machine = call.machine;
  const bool byName = call.head.name[0] != '\0';
  const bool byUuid = call.head.uuid[0] != '\0';
  const bool byNumber = call.head.dev != 0;
  if (byName + byUuid + byNumber > 1) {
    machine.error("ioctl: Invalid ioctl structure: uuid " + call.uuid() + ", name " + call.name() +
                  ", dev " + hex(call.head.dev, 1));
    return nullptr;
  }
  DevicePtr device;
  if (byName) device = findByName(machine, call.name());
  if (byUuid) device = findByUuid(machine, call.uuid());
  if (byNumber) device = findByNumber(machine, decodeDevice(call.head.dev));
  if (!device) return nullptr;
  call.setName(device->name);
  call.setUuid(device->uuid);
  call.setFlag(uapi::flagInactivePresent, device->inactive != nullptr);
  return device;
}

void fillStatus(Call& call, const Device& device) {
  const bool inactive = call.flag(uapi::flagQueryInactive);
  const Table* table = inactive ? device.inactive.get() : device.live.get();
  call.setFlag(uapi::flagSuspend, device.suspended);
  call.setFlag(uapi::flagInternalSuspend, false);
  if (device.deferredRemove) call.setFlag(uapi::flagDeferredRemove, true);
  call.setFlag(uapi::flagActivePresent, device.live != nullptr);
  call.setFlag(uapi::flagReadOnly,
               table != nullptr && (inactive ? table->readOnly : device.readOnly));
  call.head.dev = encodeDevice(device.number);
  call.head.open_count = device.openCount;
  call.head.event_nr = device.eventNr;
  call.head.target_count = table != nullptr ? static_cast<std::uint32_t>(table->targets.size()) : 0;
}

std::uint64_t encodeDevice(DeviceNumber number) {
  return (number.minor & 0xffU) | (static_cast<std::uint64_t>(number.major) << 8) |
         (static_cast<std::uint64_t>(number.minor & ~0xffU) << 12);
}

DeviceNumber decodeDevice(std::uint64_t encoded) {
  return {static_cast<std::uint32_t>(encoded >> 8 & 0xfff),
          static_cast<std::uint32_t>((encoded & 0xff) | (encoded >> 12 & 0xfff00))};
}

void put(std::span<std::byte> out, std::size_t offset, const void* data, std::size_t size) {
  std::memcpy(out.data() + offset, data, size);
}

}  // namespace devmap::fake
