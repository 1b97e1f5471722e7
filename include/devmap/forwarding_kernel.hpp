// A Kernel that forwards every call to another one. Derive from it and override the calls to watch,
// change or leave out.
//
// Threading: as for the wrapped kernel. Lifetime: must not outlive it.
#pragma once

#include <devmap/kernel.hpp>

namespace devmap {

class ForwardingKernel : public Kernel {
 public:
  int openControl(const char* path, int& fd) noexcept override {
    return kernel_.openControl(path, fd);
  }
  int ioctl(int control, DmCommand command, std::span<std::byte> packet) noexcept override {
    return kernel_.ioctl(control, command, packet);
  }
  int pollControl(int control, std::chrono::nanoseconds timeout) noexcept override {
    return kernel_.pollControl(control, timeout);
  }
  int close(int fd) noexcept override { return kernel_.close(fd); }
  int semCreate(std::int32_t key, int& id) noexcept override { return kernel_.semCreate(key, id); }
  int semFind(std::int32_t key, int& id) noexcept override { return kernel_.semFind(key, id); }
  int semSetValue(int id, int value) noexcept override { return kernel_.semSetValue(id, value); }
  int semDisown(int id) noexcept override { return kernel_.semDisown(id); }
  int semValue(int id, int& value) noexcept override { return kernel_.semValue(id, value); }
  int semOperate(int id, std::span<const short> deltas,
                 std::optional<std::chrono::nanoseconds> timeout) noexcept override {
    return kernel_.semOperate(id, deltas, timeout);
  }
  int semRemove(int id) noexcept override { return kernel_.semRemove(id); }
  int semHighestIndex(int& index) noexcept override { return kernel_.semHighestIndex(index); }
  int semStat(int index, SemaphoreState& state) noexcept override {
    return kernel_.semStat(index, state);
  }
  int processStart(int pid, std::int64_t& seconds) noexcept override {
    return kernel_.processStart(pid, seconds);
  }
  int nodeInfo(const char* path, bool follow, NodeInfo& info) noexcept override {
    return kernel_.nodeInfo(path, follow, info);
  }
  int makeDirectory(const char* path) noexcept override { return kernel_.makeDirectory(path); }
  int makeLink(const char* target, const char* path) noexcept override {
    return kernel_.makeLink(target, path);
  }
  int makeNode(const char* path, NodeType type, DeviceNumber device,
               std::uint32_t mode) noexcept override {
    return kernel_.makeNode(path, type, device, mode);
  }
  int setOwner(const char* path, std::uint32_t uid, std::uint32_t gid) noexcept override {
    return kernel_.setOwner(path, uid, gid);
  }
  int renameNode(const char* from, const char* to) noexcept override {
    return kernel_.renameNode(from, to);
  }
  int removeNode(const char* path) noexcept override { return kernel_.removeNode(path); }
  int openBlock(const char* path, int& fd) noexcept override { return kernel_.openBlock(path, fd); }
  int blockNumber(int fd, DeviceNumber& number) noexcept override {
    return kernel_.blockNumber(fd, number);
  }
  int blockSize(int fd, std::uint64_t& bytes) noexcept override {
    return kernel_.blockSize(fd, bytes);
  }
  int probePaths(int fd) noexcept override { return kernel_.probePaths(fd); }
  int readText(const char* path, std::span<char> text, std::size_t& size) noexcept override {
    return kernel_.readText(path, text, size);
  }
  int writeText(const char* path, std::string_view text) noexcept override {
    return kernel_.writeText(path, text);
  }
  int listDirectory(const char* path, std::span<char> names, std::size_t& size) noexcept override {
    return kernel_.listDirectory(path, names, size);
  }
  int probeSocket(const char* path) noexcept override { return kernel_.probeSocket(path); }
  int udevSharesIpc(bool& shares) noexcept override { return kernel_.udevSharesIpc(shares); }
  int openUdevMonitor(std::uintptr_t& monitor) noexcept override {
    return kernel_.openUdevMonitor(monitor);
  }
  int readUdevEvent(std::uintptr_t monitor, std::chrono::nanoseconds timeout,
                    UdevEvent& event) noexcept override {
    return kernel_.readUdevEvent(monitor, timeout, event);
  }
  int closeUdevMonitor(std::uintptr_t monitor) noexcept override {
    return kernel_.closeUdevMonitor(monitor);
  }
  int openLog(int& fd) noexcept override { return kernel_.openLog(fd); }
  int seekLogEnd(int log) noexcept override { return kernel_.seekLogEnd(log); }
  int readLog(int log, std::span<char> record, std::size_t& size) noexcept override {
    return kernel_.readLog(log, record, size);
  }
  std::chrono::nanoseconds now() noexcept override { return kernel_.now(); }
  std::int64_t wallClock() noexcept override { return kernel_.wallClock(); }
  int sleep(std::chrono::nanoseconds duration) noexcept override { return kernel_.sleep(duration); }
  int random(std::span<std::byte> bytes) noexcept override { return kernel_.random(bytes); }

 protected:
  explicit ForwardingKernel(Kernel& kernel) noexcept : kernel_(kernel) {}
  ~ForwardingKernel() = default;

  Kernel& kernel_;  ///< the wrapped kernel
};

}  // namespace devmap
