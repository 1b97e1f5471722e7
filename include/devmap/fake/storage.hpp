// Files in memory, a Storage for tests: what was not synced is lost when the power fails. Loop
// devices, mounts, discards and programs are not modelled: ENOSYS. Threading: one thread at a time.
// Lifetime: must outlive everything that uses it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <devmap/thin/storage.hpp>

namespace devmap {

class DEVMAP_API FakeStorage final : public Storage {
 public:
  FakeStorage();
  ~FakeStorage();

  /// The power fails and comes back: names and content are what was synced, no file is open or
  /// locked. `torn`: this many bytes of what was appended to each file since reach the disk anyway.
  void losePower(std::size_t torn = 0);
  /// The process ends: nothing is lost, no file is open or locked.
  void endProcess();
  /// Makes `count` calls that change something fail with `error`, after `good` more succeed. They
  /// do nothing, except that an append writes half.
  void failNext(int error, unsigned count = 1, unsigned good = 0);
  /// Current content; empty if there is no such file.
  [[nodiscard]] std::string text(std::string_view path) const;
  void setText(std::string_view path, std::string_view text);
  [[nodiscard]] std::size_t openFiles() const { return open_.size(); }

  int openFile(const char* path, bool create, int& fd) noexcept override;
  int lockFile(int fd) noexcept override;
  int fileSize(int fd, std::uint64_t& bytes) noexcept override;
  int fileIdentity(int fd, FileIdentity& identity) noexcept override;
  int readFile(int fd, std::uint64_t offset, std::span<char> text,
               std::size_t& size) noexcept override;
  int appendFile(int fd, std::string_view text) noexcept override;
  int setFileSize(int fd, std::uint64_t bytes) noexcept override;
  int syncFile(int fd) noexcept override;
  int closeFile(int fd) noexcept override;
  int syncDirectory(const char* path) noexcept override;
  int renameFile(const char* from, const char* to) noexcept override;
  int removeFile(const char* path) noexcept override;
  int makeDirectory(const char* path) noexcept override;
  int removeDirectory(const char* path) noexcept override;
  int discardDevice(const char* path) noexcept override;
  int freeLoop(int& number) noexcept override;
  int configureLoop(const char* path, int file, const LoopSettings& settings,
                    int& fd) noexcept override;
  int loopBacking(const char* path, FileIdentity& identity) noexcept override;
  int resizeLoop(const char* path) noexcept override;
  int detachLoop(const char* path) noexcept override;
  int mount(const char* source, const char* target, const char* type,
            bool readOnly) noexcept override;
  int unmount(const char* target) noexcept override;
  int runProgram(std::span<const char* const> words, const char* output,
                 int& status) noexcept override;

 private:
  struct File;
  using Names = std::map<std::string, std::shared_ptr<File>, std::less<>>;
  bool fails(int& error);
  [[nodiscard]] File* find(int fd) const;

  Names live_, durable_;
  std::map<int, std::shared_ptr<File>> open_;
  int nextFd_ = 100;
  int error_ = 0;
  unsigned failures_ = 0;
  unsigned good_ = 0;
};

}  // namespace devmap
