// FakeKernel's controls and queries for tests.

#include <devmap/fake/kernel.hpp>

#include <algorithm>

#include <fake/machine.hpp>

namespace devmap {
namespace {

using fake::Machine;
using Lock = std::unique_lock<std::mutex>;

std::string lastPart(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace

FakeKernel::FakeKernel() : machine_(std::make_unique<Machine>()) {}

FakeKernel::~FakeKernel() = default;

void FakeKernel::setInterfaceVersion(Version version) {
  const Lock lock(machine_->mutex);
  machine_->interfaceVersion = version;
}

void FakeKernel::setDeviceMapperPresent(bool present) {
  const Lock lock(machine_->mutex);
  machine_->present = present;
}

void FakeKernel::setPrivilege(FakePrivilege privilege) {
  const Lock lock(machine_->mutex);
  machine_->privilege = privilege;
}

void FakeKernel::addBlockDevice(std::string_view path, DeviceNumber number, std::uint64_t bytes) {
  const Lock lock(machine_->mutex);
  machine_->disks[number] = {lastPart(path), bytes, false};
  (void)machine_->nodes.addDeep(path, {NodeType::blockDevice, number, {}, 0660, 0, 6});
}

void FakeKernel::resizeBlockDevice(DeviceNumber number, std::uint64_t bytes) {
  const Lock lock(machine_->mutex);
  const auto disk = machine_->disks.find(number);
  if (disk != machine_->disks.end()) disk->second.bytes = bytes;
}

void FakeKernel::wipeBlockDevice(DeviceNumber number) {
  const Lock lock(machine_->mutex);
  machine_->mapper.poolMetadata.erase(number);
}

void FakeKernel::claimBlockDevice(DeviceNumber number, bool claimed) {
  const Lock lock(machine_->mutex);
  const auto disk = machine_->disks.find(number);
  if (disk != machine_->disks.end()) disk->second.claimed = claimed;
}

void FakeKernel::addFile(std::string_view path) {
  const Lock lock(machine_->mutex);
  (void)machine_->nodes.addDeep(path, {NodeType::other, {}, {}, 0644, 0, 0});
}

void FakeKernel::addTargetType(std::string_view name, Version version) {
  const Lock lock(machine_->mutex);
  auto type = std::make_unique<fake::TargetType>();
  type->name = name;
  type->version = version;
  type->loaded = true;
  machine_->mapper.loaded.push_back(type.get());
  machine_->mapper.types.push_back(std::move(type));
}

bool FakeKernel::openDevice(std::string_view name) {
  const Lock lock(machine_->mutex);
  const fake::DevicePtr device = fake::findByName(*machine_, name);
  return device && fake::openBlockDevice(*machine_, device->number, false) == 0;
}

bool FakeKernel::closeDevice(std::string_view name) {
  const Lock lock(machine_->mutex);
  const fake::DevicePtr device = fake::findByName(*machine_, name);
  if (!device || device->openCount == 0) return false;
  fake::closeBlockDevice(*machine_, device->number);
  return true;
}

bool FakeKernel::raiseEvent(std::string_view name) {
  const Lock lock(machine_->mutex);
  const fake::DevicePtr device = fake::findByName(*machine_, name);
  if (!device || !device->live) return false;
  fake::raiseTableEvent(*machine_, *device);
  return true;
}

bool FakeKernel::setPoolMode(std::string_view name, FakePoolMode mode) {
  const Lock lock(machine_->mutex);
  const fake::DevicePtr device = fake::findByName(*machine_, name);
  if (!device || !device->live) return false;
  const fake::Target& target = device->live->targets.front();
  if (target.type->name != "thin-pool") return false;
  target.pool->mode = mode;
  fake::raiseTableEvent(*machine_, *device);
  return true;
}

void FakeKernel::answerMessage(std::string_view message, std::string_view reply) {
  const Lock lock(machine_->mutex);
  machine_->mapper.answers.emplace_back(message, reply);
}

std::vector<std::string> FakeKernel::messages() const {
  const Lock lock(machine_->mutex);
  return machine_->mapper.messages;
}

std::vector<std::string> FakeKernel::devices() const {
  const Lock lock(machine_->mutex);
  std::vector<std::string> names;
  for (const fake::DevicePtr& device : fake::sortedDevices(*machine_))
    names.push_back(device->name);
  return names;
}

bool FakeKernel::isSuspended(std::string_view name) const {
  const Lock lock(machine_->mutex);
  const fake::DevicePtr device = fake::findByName(*machine_, name);
  return device && device->suspended;
}

std::vector<std::string> FakeKernel::uevents() const {
  const Lock lock(machine_->mutex);
  return machine_->udev.history;
}

std::vector<std::string> FakeKernel::list(std::string_view directory) const {
  const Lock lock(machine_->mutex);
  return machine_->nodes.list(directory);
}

void FakeKernel::setSemaphoreLimit(std::size_t limit) {
  const Lock lock(machine_->mutex);
  machine_->semaphores.limit = limit;
}

void FakeKernel::setProcess(int pid) {
  const Lock lock(machine_->mutex);
  machine_->semaphores.process = pid;
}

void FakeKernel::endProcess(int pid) {
  const Lock lock(machine_->mutex);
  machine_->semaphores.ended.push_back(pid);
}

void FakeKernel::setUdevMonitorsSupported(bool supported) {
  const Lock lock(machine_->mutex);
  machine_->udev.monitorsSupported = supported;
}

void FakeKernel::setUdevCompletes(bool completes) {
  const Lock lock(machine_->mutex);
  machine_->udev.completes = completes;
}

void FakeKernel::setUdevRules(bool present) {
  const Lock lock(machine_->mutex);
  machine_->udev.rules = present;
}

void FakeKernel::setSemaphoresSupported(bool supported) {
  const Lock lock(machine_->mutex);
  machine_->semaphores.supported = supported;
}

void FakeKernel::setUdev(FakeUdev udev, std::chrono::nanoseconds delay) {
  const Lock lock(machine_->mutex);
  machine_->udev.mode = udev;
  machine_->udev.delay = delay;
  machine_->changed.notify_all();
}

void FakeKernel::setSocket(std::string_view path, bool held) {
  const Lock lock(machine_->mutex);
  machine_->sockets[std::string(path)] = held;
}

void FakeKernel::runUdev() {
  const Lock lock(machine_->mutex);
  while (!machine_->udev.queue.empty()) fake::handleUevent(*machine_);
}

void FakeKernel::setClock(FakeClock clock) {
  const Lock lock(machine_->mutex);
  machine_->clock = clock;
}

void FakeKernel::advance(std::chrono::nanoseconds duration) {
  Lock lock(machine_->mutex);
  (void)machine_->waitUntil(lock, duration, [] { return false; });
}

void FakeKernel::interruptWaits() {
  const Lock lock(machine_->mutex);
  ++machine_->interrupts;
  machine_->changed.notify_all();
}

void FakeKernel::scriptRandom(std::span<const std::byte> bytes) {
  const Lock lock(machine_->mutex);
  machine_->scriptedRandom.assign(bytes.begin(), bytes.end());
}

void FakeKernel::setLogReadable(bool readable) {
  const Lock lock(machine_->mutex);
  machine_->log.readable = readable;
}

void FakeKernel::loseLogRecords() {
  const Lock lock(machine_->mutex);
  ++machine_->logLosses;
}

void FakeKernel::log(int priority, std::string_view text) {
  const Lock lock(machine_->mutex);
  machine_->log.add(priority, text, machine_->now());
}

std::vector<std::string> FakeKernel::logTexts() const {
  const Lock lock(machine_->mutex);
  return machine_->log.texts();
}

void FakeKernel::failCall(FakeCall call, int error, unsigned nth, unsigned times) {
  const Lock lock(machine_->mutex);
  machine_->faults.add({call, std::nullopt, error, nth - 1, times});
}

void FakeKernel::failIoctl(DmCommand command, int error, unsigned nth, unsigned times) {
  const Lock lock(machine_->mutex);
  machine_->faults.add({FakeCall::ioctl, command, error, nth - 1, times});
}

void FakeKernel::failAny(int error, unsigned nth, unsigned times) {
  const Lock lock(machine_->mutex);
  machine_->faults.add({std::nullopt, std::nullopt, error, nth - 1, times});
}

std::size_t FakeKernel::faultsGiven() const {
  const Lock lock(machine_->mutex);
  return machine_->faults.given();
}

bool FakeKernel::faultsPending() const {
  const Lock lock(machine_->mutex);
  return machine_->faults.pending();
}

void FakeKernel::clearFaults() {
  const Lock lock(machine_->mutex);
  machine_->faults.clear();
}

std::size_t FakeKernel::calls(FakeCall call) const {
  const Lock lock(machine_->mutex);
  return machine_->faults.calls(call);
}

std::size_t FakeKernel::calls(DmCommand command) const {
  const Lock lock(machine_->mutex);
  return machine_->faults.calls(command);
}

std::string FakeKernel::trace() const {
  const Lock lock(machine_->mutex);
  return machine_->trace.text();
}

void FakeKernel::setTracing(bool on) {
  const Lock lock(machine_->mutex);
  machine_->trace.on = on;
}

void FakeKernel::clearTrace() {
  const Lock lock(machine_->mutex);
  machine_->trace.clear();
}

FakeUsage FakeKernel::usage() const {
  const Lock lock(machine_->mutex);
  const auto& devices = machine_->mapper.devices;
  const auto suspended =
      std::count_if(devices.begin(), devices.end(),
                    [](const fake::DevicePtr& device) { return device->suspended; });
  return {machine_->descriptors.size() + machine_->udev.monitors.size(),
          machine_->semaphores.size(), machine_->nodes.size(), devices.size(),
          static_cast<std::size_t>(suspended)};
}

}  // namespace devmap
