// A process that dies at its Nth call to Linux: a Kernel and a Storage in front of real or fake
// ones, and the fuse that both share.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include <devmap/kernel.hpp>
#include <devmap/thin/storage.hpp>

namespace dying {

/// Counts calls. From call `at` on, none reaches Linux. The process exits with `status` there; if
/// its death is only simulated, every call returns EIO and does nothing. Reading the clock and
/// sleeping are not counted, and always work.
struct Fuse {
  long at = 0;  ///< from 1; 0: never
  bool exits = false;
  long calls = 0;
  static constexpr int status = 42;

  /// Called once instead, before call `at`; the process lives on.
  std::function<void()> blow;

  [[nodiscard]] bool blown() const { return at != 0 && calls >= at; }
  bool pass() {
    if (blow) {
      if (++calls == at) blow();
      return true;
    }
    if (blown()) return false;
    ++calls;
    if (blown() && exits) ::_exit(status);
    return !blown();
  }
};

class DyingKernel final : public devmap::Kernel {
 public:
  DyingKernel(devmap::Kernel& kernel, Fuse& fuse) : kernel_(kernel), fuse_(fuse) {}

 private:
  using DmCommand = devmap::DmCommand;
  using nanoseconds = std::chrono::nanoseconds;
  template <typename F>
  int call(F&& function) {
    return fuse_.pass() ? function() : EIO;
  }

  int openControl(const char* path, int& fd) noexcept override {
    return call([&] { return kernel_.openControl(path, fd); });
  }
  int ioctl(int control, DmCommand command, std::span<std::byte> packet) noexcept override {
    return call([&] { return kernel_.ioctl(control, command, packet); });
  }
  int pollControl(int control, nanoseconds timeout) noexcept override {
    return call([&] { return kernel_.pollControl(control, timeout); });
  }
  int close(int fd) noexcept override {
    return call([&] { return kernel_.close(fd); });
  }
  int semCreate(std::int32_t key, int& id) noexcept override {
    return call([&] { return kernel_.semCreate(key, id); });
  }
  int semFind(std::int32_t key, int& id) noexcept override {
    return call([&] { return kernel_.semFind(key, id); });
  }
  int semSetValue(int id, int value) noexcept override {
    return call([&] { return kernel_.semSetValue(id, value); });
  }
  int semDisown(int id) noexcept override {
    return call([&] { return kernel_.semDisown(id); });
  }
  int semValue(int id, int& value) noexcept override {
    return call([&] { return kernel_.semValue(id, value); });
  }
  int semOperate(int id, std::span<const short> deltas,
                 std::optional<nanoseconds> timeout) noexcept override {
    return call([&] { return kernel_.semOperate(id, deltas, timeout); });
  }
  int semRemove(int id) noexcept override {
    return call([&] { return kernel_.semRemove(id); });
  }
  int semHighestIndex(int& index) noexcept override {
    return call([&] { return kernel_.semHighestIndex(index); });
  }
  int semStat(int index, devmap::SemaphoreState& state) noexcept override {
    return call([&] { return kernel_.semStat(index, state); });
  }
  int processStart(int pid, std::int64_t& seconds) noexcept override {
    return call([&] { return kernel_.processStart(pid, seconds); });
  }
  int nodeInfo(const char* path, bool follow, devmap::NodeInfo& info) noexcept override {
    return call([&] { return kernel_.nodeInfo(path, follow, info); });
  }
  int makeDirectory(const char* path) noexcept override {
    return call([&] { return kernel_.makeDirectory(path); });
  }
  int makeLink(const char* target, const char* path) noexcept override {
    return call([&] { return kernel_.makeLink(target, path); });
  }
  int makeNode(const char* path, devmap::NodeType type, devmap::DeviceNumber device,
               std::uint32_t mode) noexcept override {
    return call([&] { return kernel_.makeNode(path, type, device, mode); });
  }
  int setOwner(const char* path, std::uint32_t uid, std::uint32_t gid) noexcept override {
    return call([&] { return kernel_.setOwner(path, uid, gid); });
  }
  int renameNode(const char* from, const char* to) noexcept override {
    return call([&] { return kernel_.renameNode(from, to); });
  }
  int removeNode(const char* path) noexcept override {
    return call([&] { return kernel_.removeNode(path); });
  }
  int openBlock(const char* path, int& fd) noexcept override {
    return call([&] { return kernel_.openBlock(path, fd); });
  }
  int blockNumber(int fd, devmap::DeviceNumber& number) noexcept override {
    return call([&] { return kernel_.blockNumber(fd, number); });
  }
  int blockSize(int fd, std::uint64_t& bytes) noexcept override {
    return call([&] { return kernel_.blockSize(fd, bytes); });
  }
  int probePaths(int fd) noexcept override {
    return call([&] { return kernel_.probePaths(fd); });
  }
  int readText(const char* path, std::span<char> text, std::size_t& size) noexcept override {
    return call([&] { return kernel_.readText(path, text, size); });
  }
  int writeText(const char* path, std::string_view text) noexcept override {
    return call([&] { return kernel_.writeText(path, text); });
  }
  int listDirectory(const char* path, std::span<char> names, std::size_t& size) noexcept override {
    return call([&] { return kernel_.listDirectory(path, names, size); });
  }
  int probeSocket(const char* path) noexcept override { return kernel_.probeSocket(path); }
  int udevSharesIpc(bool& shares) noexcept override { return kernel_.udevSharesIpc(shares); }
  int openUdevMonitor(std::uintptr_t& monitor) noexcept override {
    return call([&] { return kernel_.openUdevMonitor(monitor); });
  }
  int readUdevEvent(std::uintptr_t monitor, nanoseconds timeout,
                    devmap::UdevEvent& event) noexcept override {
    return call([&] { return kernel_.readUdevEvent(monitor, timeout, event); });
  }
  int closeUdevMonitor(std::uintptr_t monitor) noexcept override {
    return call([&] { return kernel_.closeUdevMonitor(monitor); });
  }
  int openLog(int& fd) noexcept override {
    return call([&] { return kernel_.openLog(fd); });
  }
  int seekLogEnd(int log) noexcept override {
    return call([&] { return kernel_.seekLogEnd(log); });
  }
  int readLog(int log, std::span<char> record, std::size_t& size) noexcept override {
    return call([&] { return kernel_.readLog(log, record, size); });
  }
  nanoseconds now() noexcept override { return kernel_.now(); }
  std::int64_t wallClock() noexcept override { return kernel_.wallClock(); }
  int sleep(nanoseconds duration) noexcept override { return kernel_.sleep(duration); }
  int random(std::span<std::byte> bytes) noexcept override {
    return call([&] { return kernel_.random(bytes); });
  }

  devmap::Kernel& kernel_;
  Fuse& fuse_;
};

class DyingStorage final : public devmap::Storage {
 public:
  DyingStorage(devmap::Storage& storage, Fuse& fuse) : storage_(storage), fuse_(fuse) {}

 private:
  template <typename F>
  int call(F&& function) {
    return fuse_.pass() ? function() : EIO;
  }

  int openFile(const char* path, bool create, int& fd) noexcept override {
    return call([&] { return storage_.openFile(path, create, fd); });
  }
  int lockFile(int fd) noexcept override {
    return call([&] { return storage_.lockFile(fd); });
  }
  int fileSize(int fd, std::uint64_t& bytes) noexcept override {
    return call([&] { return storage_.fileSize(fd, bytes); });
  }
  int fileIdentity(int fd, devmap::FileIdentity& identity) noexcept override {
    return call([&] { return storage_.fileIdentity(fd, identity); });
  }
  int readFile(int fd, std::uint64_t offset, std::span<char> text,
               std::size_t& size) noexcept override {
    return call([&] { return storage_.readFile(fd, offset, text, size); });
  }
  int appendFile(int fd, std::string_view text) noexcept override {
    return call([&] { return storage_.appendFile(fd, text); });
  }
  int setFileSize(int fd, std::uint64_t bytes) noexcept override {
    return call([&] { return storage_.setFileSize(fd, bytes); });
  }
  int syncFile(int fd) noexcept override {
    return call([&] { return storage_.syncFile(fd); });
  }
  int closeFile(int fd) noexcept override {
    return call([&] { return storage_.closeFile(fd); });
  }
  int syncDirectory(const char* path) noexcept override {
    return call([&] { return storage_.syncDirectory(path); });
  }
  int renameFile(const char* from, const char* to) noexcept override {
    return call([&] { return storage_.renameFile(from, to); });
  }
  int removeFile(const char* path) noexcept override {
    return call([&] { return storage_.removeFile(path); });
  }
  int makeDirectory(const char* path) noexcept override {
    return call([&] { return storage_.makeDirectory(path); });
  }
  int removeDirectory(const char* path) noexcept override {
    return call([&] { return storage_.removeDirectory(path); });
  }
  int discardDevice(const char* path) noexcept override {
    return call([&] { return storage_.discardDevice(path); });
  }
  int freeLoop(int& number) noexcept override {
    return call([&] { return storage_.freeLoop(number); });
  }
  int configureLoop(const char* path, int file, const devmap::LoopSettings& settings,
                    int& fd) noexcept override {
    return call([&] { return storage_.configureLoop(path, file, settings, fd); });
  }
  int loopBacking(const char* path, devmap::FileIdentity& identity) noexcept override {
    return call([&] { return storage_.loopBacking(path, identity); });
  }
  int resizeLoop(const char* path) noexcept override {
    return call([&] { return storage_.resizeLoop(path); });
  }
  int detachLoop(const char* path) noexcept override {
    return call([&] { return storage_.detachLoop(path); });
  }
  int mount(const char* source, const char* target, const char* type,
            bool readOnly) noexcept override {
    return call([&] { return storage_.mount(source, target, type, readOnly); });
  }
  int unmount(const char* target) noexcept override {
    return call([&] { return storage_.unmount(target); });
  }
  int runProgram(std::span<const char* const> words, const char* output,
                 int& status) noexcept override {
    return call([&] { return storage_.runProgram(words, output, status); });
  }

  devmap::Storage& storage_;
  Fuse& fuse_;
};

}  // namespace dying
