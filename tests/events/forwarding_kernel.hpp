// A kernel in front of another one: counts ioctls and polls, and lets a test act between them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include <devmap/kernel.hpp>

class ForwardingKernel final : public devmap::Kernel {
 public:
  explicit ForwardingKernel(devmap::Kernel& kernel) : kernel_(kernel) {}

  /// Called around every ioctl, with the packet as it is then. What they do themselves goes to the kernel behind.
  std::function<void(devmap::DmCommand, std::span<const std::byte>)> before;
  std::function<void(devmap::DmCommand, std::span<const std::byte>)> after;
  std::array<std::size_t, 32> ioctls{};
  std::size_t polls = 0;

  [[nodiscard]] std::size_t count(devmap::DmCommand command) const { return ioctls[static_cast<std::size_t>(command)]; }

 private:
  using DmCommand = devmap::DmCommand;
  using NodeInfo = devmap::NodeInfo;
  using NodeType = devmap::NodeType;
  using DeviceNumber = devmap::DeviceNumber;
  using SemaphoreState = devmap::SemaphoreState;
  using UdevEvent = devmap::UdevEvent;

  int openControl(const char* path, int& fd) noexcept override { return kernel_.openControl(path, fd); }
  int ioctl(int control, DmCommand command, std::span<std::byte> packet) noexcept override {
    if (before) before(command, packet);
    const int error = kernel_.ioctl(control, command, packet);
    ++ioctls[static_cast<std::size_t>(command)];
    if (after) after(command, packet);
    return error;
  }
  int pollControl(int control, std::chrono::nanoseconds timeout) noexcept override {
    ++polls;
    return kernel_.pollControl(control, timeout);
  }
  int close(int fd) noexcept override { return kernel_.close(fd); }
  int semCreate(std::int32_t key, int& id) noexcept override { return kernel_.semCreate(key, id); }
  int semFind(std::int32_t key, int& id) noexcept override { return kernel_.semFind(key, id); }
  int semSetValue(int id, int value) noexcept override { return kernel_.semSetValue(id, value); }
  int semDisown(int id) noexcept override { return kernel_.semDisown(id); }
  int semValue(int id, int& value) noexcept override { return kernel_.semValue(id, value); }
  int semOperate(int id, std::span<const short> deltas, std::optional<std::chrono::nanoseconds> timeout) noexcept override {
    return kernel_.semOperate(id, deltas, timeout);
  }
  int semRemove(int id) noexcept override { return kernel_.semRemove(id); }
  int semHighestIndex(int& index) noexcept override { return kernel_.semHighestIndex(index); }
  int semStat(int index, SemaphoreState& state) noexcept override { return kernel_.semStat(index, state); }
  int processStart(int pid, std::int64_t& seconds) noexcept override { return kernel_.processStart(pid, seconds); }
  int nodeInfo(const char* path, bool follow, NodeInfo& info) noexcept override { return kernel_.nodeInfo(path, follow, info); }
  int makeDirectory(const char* path) noexcept override { return kernel_.makeDirectory(path); }
  int makeLink(const char* target, const char* path) noexcept override { return kernel_.makeLink(target, path); }
  int makeNode(const char* path, NodeType type, DeviceNumber device, std::uint32_t mode) noexcept override {
    return kernel_.makeNode(path, type, device, mode);
  }
  int setOwner(const char* path, std::uint32_t uid, std::uint32_t gid) noexcept override { return kernel_.setOwner(path, uid, gid); }
  int renameNode(const char* from, const char* to) noexcept override { return kernel_.renameNode(from, to); }
  int removeNode(const char* path) noexcept override { return kernel_.removeNode(path); }
  int openBlock(const char* path, int& fd) noexcept override { return kernel_.openBlock(path, fd); }
  int blockNumber(int fd, DeviceNumber& number) noexcept override { return kernel_.blockNumber(fd, number); }
  int blockSize(int fd, std::uint64_t& bytes) noexcept override { return kernel_.blockSize(fd, bytes); }
  int probePaths(int fd) noexcept override { return kernel_.probePaths(fd); }
  int readText(const char* path, std::span<char> text, std::size_t& size) noexcept override { return kernel_.readText(path, text, size); }
  int writeText(const char* path, std::string_view text) noexcept override { return kernel_.writeText(path, text); }
  int listDirectory(const char* path, std::span<char> names, std::size_t& size) noexcept override {
    return kernel_.listDirectory(path, names, size);
  }
  bool udevRunning() noexcept override { return kernel_.udevRunning(); }
  int udevSharesIpc(bool& shares) noexcept override { return kernel_.udevSharesIpc(shares); }
  int openUdevMonitor(std::uintptr_t& monitor) noexcept override { return kernel_.openUdevMonitor(monitor); }
  int readUdevEvent(std::uintptr_t monitor, std::chrono::nanoseconds timeout, UdevEvent& event) noexcept override {
    return kernel_.readUdevEvent(monitor, timeout, event);
  }
  int closeUdevMonitor(std::uintptr_t monitor) noexcept override { return kernel_.closeUdevMonitor(monitor); }
  int openLog(int& fd) noexcept override { return kernel_.openLog(fd); }
  int seekLogEnd(int log) noexcept override { return kernel_.seekLogEnd(log); }
  int readLog(int log, std::span<char> record, std::size_t& size) noexcept override { return kernel_.readLog(log, record, size); }
  std::chrono::nanoseconds now() noexcept override { return kernel_.now(); }
  std::int64_t wallClock() noexcept override { return kernel_.wallClock(); }
  int sleep(std::chrono::nanoseconds duration) noexcept override { return kernel_.sleep(duration); }
  int random(std::span<std::byte> bytes) noexcept override { return kernel_.random(bytes); }

  devmap::Kernel& kernel_;
};
