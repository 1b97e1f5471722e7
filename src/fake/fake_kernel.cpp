// The seam of FakeKernel: each function counts the call, fails it if a fault is due, and passes it
// to the part of the machine that handles it.

#include <devmap/fake/kernel.hpp>

#include <algorithm>
#include <cerrno>

#include <fake/machine.hpp>
#include <fake/mapper/ioctl.hpp>
#include <fake/text.hpp>

namespace devmap {
namespace {

using fake::Descriptor;
using fake::Machine;
using Lock = std::unique_lock<std::mutex>;

constexpr DeviceNumber controlNumber{10, 236};

std::string keyText(std::int32_t key) {
  return "0x" + fake::hex(static_cast<std::uint32_t>(key), 8);
}

std::string operationText(int id, std::span<const short> deltas, bool timed) {
  std::string text = "semOperate id " + std::to_string(id);
  for (const short delta : deltas) text += ' ' + std::to_string(delta);
  return timed ? text + " timed" : text;
}

// The errno for a descriptor of another kind, and the one for changing nodes without privileges.
int badDescriptor(const Descriptor* descriptor) { return descriptor == nullptr ? EBADF : 0; }
int mayChange(const Machine& machine) {
  return machine.privilege == FakePrivilege::user ? EACCES : 0;
}

int openControlNode(Machine& machine, const char* path, int& fd) {
  fake::Node node;
  if (const int error = machine.nodes.find(path, true, node); error != 0) return error;
  if (const int error = mayChange(machine); error != 0) return error;
  Descriptor descriptor;
  descriptor.seenEventNr = machine.mapper.globalEventNr;
  switch (node.type) {
    case NodeType::directory: return EISDIR;
    case NodeType::characterDevice:
      if (node.device != controlNumber) return ENXIO;
      if (!machine.present) return ENODEV;
      descriptor.mapper = true;
      break;
    case NodeType::blockDevice: return ENXIO;
    case NodeType::link:
    case NodeType::other: break;
  }
  fd = machine.addDescriptor(descriptor);
  return 0;
}

int openBlockNode(Machine& machine, const char* path, int& fd) {
  fake::Node node;
  if (const int error = machine.nodes.find(path, true, node); error != 0) return error;
  if (const int error = mayChange(machine); error != 0) return error;
  if (node.type != NodeType::blockDevice) return ENOTBLK;
  if (const int error = fake::openBlockDevice(machine, node.device, false); error != 0)
    return error;
  Descriptor descriptor;
  descriptor.kind = Descriptor::Kind::block;
  descriptor.device = node.device;
  fd = machine.addDescriptor(descriptor);
  return 0;
}

int operate(Machine& machine, Lock& lock, int id, std::span<const short> deltas,
            std::optional<std::chrono::nanoseconds> timeout) {
  int error = machine.semaphores.tryOperate(id, deltas, machine.secondsSince1970(), false);
  if (error == EAGAIN && timeout) {
    machine.semaphores.beginWait(id, deltas);
    const fake::WaitResult result = machine.waitUntil(lock, timeout, [&] {
      error = machine.semaphores.tryOperate(id, deltas, machine.secondsSince1970(), true);
      return error != EAGAIN;
    });
    machine.semaphores.endWait(id, deltas);
    if (result == fake::WaitResult::interrupted) error = EINTR;
  }
  if (error == 0) machine.changed.notify_all();
  return error;
}

}  // namespace

// Starts a function of the seam: locks, counts, injects. `DEVMAP_FAKE_ENTER(call, text)` returns
// from the function when a fault is due.
#define DEVMAP_FAKE_ENTER(call, what)                                 \
  Machine& machine = *machine_;                                       \
  Lock lock(machine.mutex);                                           \
  const std::string text = machine.trace.on ? (what) : "";            \
  if (const int injected = machine.faults.enter(call); injected != 0) \
  return machine.trace.add(text, injected)

int FakeKernel::openControl(const char* path, int& fd) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::openControl, std::string("openControl ") + path);
  return machine.trace.add(text, openControlNode(machine, path, fd));
}

int FakeKernel::ioctl(int control, DmCommand command, std::span<std::byte> packet) noexcept {
  Machine& machine = *machine_;
  Lock lock(machine.mutex);
  const std::string text = machine.trace.on ? fake::describeIoctl(command, packet) : std::string();
  int error = machine.faults.enter(FakeCall::ioctl, command);
  Descriptor* descriptor = machine.descriptor(control, Descriptor::Kind::control);
  if (error == 0) error = badDescriptor(descriptor);
  if (error == 0)
    error = descriptor->mapper ? fake::mapperIoctl(machine, lock, *descriptor, command, packet)
                               : ENOTTY;
  return machine.trace.add(text, error);
}

int FakeKernel::pollControl(int control, std::chrono::nanoseconds timeout) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::pollControl, std::string("pollControl"));
  const Descriptor* descriptor = machine.descriptor(control, Descriptor::Kind::control);
  if (descriptor == nullptr) return machine.trace.add(text, EBADF);
  const auto news = [&] {
    return static_cast<std::int32_t>(machine.mapper.globalEventNr - descriptor->seenEventNr) > 0;
  };
  switch (machine.waitUntil(lock, timeout, news)) {
    case fake::WaitResult::done: return machine.trace.add(text, 0);
    case fake::WaitResult::timedOut: return machine.trace.add(text, ETIMEDOUT);
    case fake::WaitResult::interrupted: break;
  }
  return machine.trace.add(text, EINTR);
}

int FakeKernel::close(int fd) noexcept {
  Machine& machine = *machine_;
  const Lock lock(machine.mutex);
  const std::string text = machine.trace.on ? "close " + std::to_string(fd) : std::string();
  const int injected = machine.faults.enter(FakeCall::close);
  const auto found = machine.descriptors.find(fd);
  if (found == machine.descriptors.end()) return machine.trace.add(text, EBADF);
  const Descriptor descriptor = found->second;
  machine.descriptors.erase(found);
  if (descriptor.kind == Descriptor::Kind::block)
    fake::closeBlockDevice(machine, descriptor.device);
  return machine.trace.add(text, injected);
}

int FakeKernel::semCreate(std::int32_t key, int& id) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::semCreate, "semCreate " + keyText(key));
  return machine.trace.add(text, machine.semaphores.create(key, machine.secondsSince1970(), id));
}

int FakeKernel::semFind(std::int32_t key, int& id) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::semFind, "semFind " + keyText(key));
  return machine.trace.add(text, machine.semaphores.find(key, id));
}

int FakeKernel::semSetValue(int id, int value) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::semSetValue,
                    "semSetValue id " + std::to_string(id) + " to " + std::to_string(value));
  const int error = machine.semaphores.setValue(id, value, machine.secondsSince1970());
  machine.changed.notify_all();
  return machine.trace.add(text, error);
}

int FakeKernel::semDisown(int id) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::semDisown, "semDisown id " + std::to_string(id));
  return machine.trace.add(text, machine.semaphores.disown(id, machine.secondsSince1970()));
}

int FakeKernel::semValue(int id, int& value) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::semValue, "semValue id " + std::to_string(id));
  return machine.trace.add(text, machine.semaphores.value(id, value));
}

int FakeKernel::semOperate(int id, std::span<const short> deltas,
                           std::optional<std::chrono::nanoseconds> timeout) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::semOperate, operationText(id, deltas, timeout.has_value()));
  return machine.trace.add(text, operate(machine, lock, id, deltas, timeout));
}

int FakeKernel::semRemove(int id) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::semRemove, "semRemove id " + std::to_string(id));
  const int error = machine.semaphores.remove(id);
  machine.changed.notify_all();
  return machine.trace.add(text, error);
}

int FakeKernel::semHighestIndex(int& index) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::semHighestIndex, std::string("semHighestIndex"));
  return machine.trace.add(text, machine.semaphores.highestIndex(index));
}

int FakeKernel::semStat(int index, SemaphoreState& state) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::semStat, "semStat " + std::to_string(index));
  return machine.trace.add(text, machine.semaphores.stat(index, state));
}

int FakeKernel::processStart(int pid, std::int64_t& seconds) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::processStart, "processStart " + std::to_string(pid));
  const auto& ended = machine.semaphores.ended;
  if (std::find(ended.begin(), ended.end(), pid) != ended.end())
    return machine.trace.add(text, ESRCH);
  seconds = 0;
  return machine.trace.add(text, 0);
}

int FakeKernel::makeDirectory(const char* path) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::makeDirectory, std::string("makeDirectory ") + path);
  int error = mayChange(machine);
  if (error == 0) error = machine.nodes.add(path, {NodeType::directory, {}, {}, 0755, 0, 0});
  return machine.trace.add(text, error);
}

int FakeKernel::makeLink(const char* target, const char* path) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::makeLink, std::string("makeLink ") + target + ' ' + path);
  int error = mayChange(machine);
  if (error == 0) error = machine.nodes.add(path, {NodeType::link, {}, target, 0777, 0, 0});
  return machine.trace.add(text, error);
}

int FakeKernel::makeNode(const char* path, NodeType type, DeviceNumber device,
                         std::uint32_t mode) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::makeNode, std::string("makeNode ") + path + ' ' +
                                            fake::numberText(device) + ' ' + fake::octal(mode, 4));
  int error = machine.privilege == FakePrivilege::root ? 0 : EPERM;
  if (error == 0) error = machine.nodes.add(path, {type, device, {}, mode, 0, 0});
  return machine.trace.add(text, error);
}

int FakeKernel::setOwner(const char* path, std::uint32_t uid, std::uint32_t gid) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::setOwner, std::string("setOwner ") + path + ' ' +
                                            std::to_string(uid) + ':' + std::to_string(gid));
  const int error =
      machine.privilege == FakePrivilege::user ? EPERM : machine.nodes.setOwner(path, uid, gid);
  return machine.trace.add(text, error);
}

int FakeKernel::renameNode(const char* from, const char* to) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::renameNode, std::string("renameNode ") + from + ' ' + to);
  int error = mayChange(machine);
  if (error == 0) error = machine.nodes.rename(from, to);
  return machine.trace.add(text, error);
}

int FakeKernel::removeNode(const char* path) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::removeNode, std::string("removeNode ") + path);
  int error = mayChange(machine);
  if (error == 0) error = machine.nodes.remove(path);
  return machine.trace.add(text, error);
}

int FakeKernel::openBlock(const char* path, int& fd) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::openBlock, std::string("openBlock ") + path);
  return machine.trace.add(text, openBlockNode(machine, path, fd));
}

int FakeKernel::blockNumber(int fd, DeviceNumber& number) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::blockNumber, "blockNumber " + std::to_string(fd));
  const Descriptor* descriptor = machine.descriptor(fd, Descriptor::Kind::block);
  if (descriptor != nullptr) number = descriptor->device;
  return machine.trace.add(text, badDescriptor(descriptor));
}

int FakeKernel::blockSize(int fd, std::uint64_t& bytes) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::blockSize, "blockSize " + std::to_string(fd));
  const Descriptor* descriptor = machine.descriptor(fd, Descriptor::Kind::block);
  if (descriptor != nullptr) bytes = fake::blockDeviceBytes(machine, descriptor->device);
  return machine.trace.add(text, badDescriptor(descriptor));
}

int FakeKernel::probeSocket(const char* path) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::probeSocket, std::string("probeSocket ") + path);
  fake::Node node;
  int error = machine.nodes.find(path, true, node) == 0 ? ECONNREFUSED : ENOENT;
  if (const auto socket = machine.sockets.find(std::string_view(path));
      socket != machine.sockets.end())
    error = socket->second ? 0 : ECONNREFUSED;
  else if (std::string_view(path) == "/run/udev/control" && machine.udev.mode != FakeUdev::off)
    error = 0;
  return machine.trace.add(text, error);
}

int FakeKernel::udevSharesIpc(bool& shares) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::udevSharesIpc, std::string("udevSharesIpc"));
  if (machine.udev.mode == FakeUdev::off) return machine.trace.add(text, ESRCH);
  shares = machine.udev.mode != FakeUdev::foreign;
  return machine.trace.add(text, 0);
}

int FakeKernel::openUdevMonitor(std::uintptr_t& monitor) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::openUdevMonitor, std::string("openUdevMonitor"));
  if (!machine.udev.monitorsSupported) return machine.trace.add(text, ENOSYS);
  machine.udev.monitors.emplace(++machine.udev.lastMonitor, machine.udev.handled.size());
  monitor = machine.udev.lastMonitor;
  return machine.trace.add(text, 0);
}

int FakeKernel::readUdevEvent(std::uintptr_t monitor, std::chrono::nanoseconds timeout,
                              UdevEvent& event) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::readUdevEvent, std::string("readUdevEvent"));
  const auto reader = machine.udev.monitors.find(monitor);
  if (reader == machine.udev.monitors.end()) return machine.trace.add(text, EBADF);
  const auto result = machine.waitUntil(
      lock, timeout, [&] { return reader->second < machine.udev.handled.size(); });
  if (result == fake::WaitResult::interrupted) return machine.trace.add(text, EINTR);
  if (reader->second >= machine.udev.handled.size()) return machine.trace.add(text, ETIMEDOUT);
  event = machine.udev.handled[reader->second++];
  return machine.trace.add(text, 0);
}

int FakeKernel::closeUdevMonitor(std::uintptr_t monitor) noexcept {
  Machine& machine = *machine_;
  const Lock lock(machine.mutex);
  const int injected = machine.faults.enter(FakeCall::closeUdevMonitor);
  const bool open = machine.udev.monitors.erase(monitor) == 1;
  return machine.trace.add("closeUdevMonitor", injected != 0 ? injected : open ? 0 : EBADF);
}

int FakeKernel::openLog(int& fd) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::openLog, std::string("openLog"));
  if (!machine.log.readable || machine.privilege != FakePrivilege::root)
    return machine.trace.add(text, EPERM);
  Descriptor descriptor;
  descriptor.kind = Descriptor::Kind::log;
  descriptor.logLosses = machine.logLosses;
  fd = machine.addDescriptor(descriptor);
  return machine.trace.add(text, 0);
}

int FakeKernel::seekLogEnd(int log) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::seekLogEnd, "seekLogEnd " + std::to_string(log));
  Descriptor* descriptor = machine.descriptor(log, Descriptor::Kind::log);
  if (descriptor != nullptr) {
    descriptor->logPosition = machine.log.end();
    descriptor->logLosses = machine.logLosses;
  }
  return machine.trace.add(text, badDescriptor(descriptor));
}

int FakeKernel::readLog(int log, std::span<char> record, std::size_t& size) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::readLog, "readLog " + std::to_string(log));
  Descriptor* descriptor = machine.descriptor(log, Descriptor::Kind::log);
  if (descriptor == nullptr) return machine.trace.add(text, EBADF);
  if (descriptor->logLosses != machine.logLosses) {
    descriptor->logLosses = machine.logLosses;
    return machine.trace.add(text, EPIPE);
  }
  return machine.trace.add(text, machine.log.read(descriptor->logPosition, record, size));
}

std::chrono::nanoseconds FakeKernel::now() noexcept {
  const Lock lock(machine_->mutex);
  (void)machine_->faults.enter(FakeCall::now);
  return machine_->now();
}

std::int64_t FakeKernel::wallClock() noexcept {
  const Lock lock(machine_->mutex);
  (void)machine_->faults.enter(FakeCall::wallClock);
  return machine_->secondsSince1970();
}

int FakeKernel::sleep(std::chrono::nanoseconds duration) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::sleep, "sleep " + std::to_string(duration.count()) + " ns");
  const bool interrupted =
      machine.waitUntil(lock, duration, [] { return false; }) == fake::WaitResult::interrupted;
  return machine.trace.add(text, interrupted ? EINTR : 0);
}

int FakeKernel::random(std::span<std::byte> bytes) noexcept {
  DEVMAP_FAKE_ENTER(FakeCall::random, "random " + std::to_string(bytes.size()) + " bytes");
  auto& scripted = machine.scriptedRandom;
  const std::size_t given = std::min(scripted.size(), bytes.size());
  std::copy_n(scripted.begin(), given, bytes.begin());
  scripted.erase(scripted.begin(), scripted.begin() + static_cast<std::ptrdiff_t>(given));
  for (std::byte& byte : bytes.subspan(given)) {
    // xorshift64 (Marsaglia)
    machine.randomState ^= machine.randomState << 13;
    machine.randomState ^= machine.randomState >> 7;
    machine.randomState ^= machine.randomState << 17;
    byte = static_cast<std::byte>(machine.randomState >> 24);
  }
  return machine.trace.add(text, 0);
}

#undef DEVMAP_FAKE_ENTER

}  // namespace devmap
