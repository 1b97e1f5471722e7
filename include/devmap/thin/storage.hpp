// The second seam: what thin pools and layers ask of Linux beside the device-mapper - files, loop
// devices, mounts and programs. Apart from kernel.hpp, so that a program without them pays nothing.
//
// Contract, for every call unless its line says more: as in kernel.hpp. Returns 0 or a positive
// errno, writes out-parameters only on 0, does one thing once, never retries, never logs. Paths are
// NUL-terminated. Descriptors are closed with closeFile and do not survive exec. Threading: any
// call from any thread at any time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <devmap/types.hpp>

namespace devmap {

/// What a loop device gets with LOOP_CONFIGURE.
struct LoopSettings {
  bool directIo =
      true;  ///< past the page cache of the file; refused (EINVAL) where its file system cannot
  bool autoclear = true;  ///< detached at its last close
  bool readOnly = false;
  std::uint32_t blockSize = 0;  ///< bytes: 512 to the page size; 0: the kernel's choice
};

/// Which file a loop device stands on.
struct FileIdentity {
  std::uint64_t device = 0;  ///< st_dev
  std::uint64_t inode = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) noexcept = default;
};

class Storage {
 public:
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  // --- files ---

  /// For reading and writing; made with mode 0600 where asked for.
  virtual int openFile(const char* path, bool create, int& fd) noexcept = 0;
  /// Holds a file for this descriptor alone. EWOULDBLOCK: another one has it.
  virtual int lockFile(int fd) noexcept = 0;
  virtual int fileSize(int fd, std::uint64_t& bytes) noexcept = 0;
  virtual int fileIdentity(int fd, FileIdentity& identity) noexcept = 0;
  /// As much as there is from `offset`, at most text.size().
  virtual int readFile(int fd, std::uint64_t offset, std::span<char> text,
                       std::size_t& size) noexcept = 0;
  /// At the end. After an error a part may be there.
  virtual int appendFile(int fd, std::string_view text) noexcept = 0;
  /// Cuts it off, or lengthens it with a hole.
  virtual int setFileSize(int fd, std::uint64_t bytes) noexcept = 0;
  /// Returns when the content would survive a loss of power.
  virtual int syncFile(int fd) noexcept = 0;
  virtual int closeFile(int fd) noexcept = 0;
  /// Returns when the names in a directory would survive a loss of power.
  virtual int syncDirectory(const char* path) noexcept = 0;
  /// Atomic; replaces what is at `to`.
  virtual int renameFile(const char* from, const char* to) noexcept = 0;
  virtual int removeFile(const char* path) noexcept = 0;
  virtual int makeDirectory(const char* path) noexcept = 0;
  virtual int removeDirectory(const char* path) noexcept = 0;

  // --- block devices ---

  /// Discards all of a block device. EOPNOTSUPP: it cannot.
  virtual int discardDevice(const char* path) noexcept = 0;

  // --- loop devices ---

  /// Number of a loop device that is free now; somebody else may take it first.
  virtual int freeLoop(int& number) noexcept = 0;
  /// Puts `file` behind the loop device at `path` and keeps that open in `fd`. EBUSY: it has been
  /// taken. ENOENT, ENXIO: not there yet.
  virtual int configureLoop(const char* path, int file, const LoopSettings& settings,
                            int& fd) noexcept = 0;
  /// ENXIO: nothing is behind it.
  virtual int loopBacking(const char* path, FileIdentity& identity) noexcept = 0;
  /// Has it take the size its file has now.
  virtual int resizeLoop(const char* path) noexcept = 0;
  virtual int detachLoop(const char* path) noexcept = 0;

  // --- mounts and programs ---

  virtual int mount(const char* source, const char* target, const char* type,
                    bool readOnly) noexcept = 0;
  /// EINVAL: nothing is mounted there. EBUSY: in use.
  virtual int unmount(const char* target) noexcept = 0;
  /// Runs a program found along PATH and waits for it. What it prints goes to the file `output`
  /// (truncated first), or where ours goes when that is null. ENOENT: there is no such program.
  /// `status`: its exit status, 128 + signal when one ended it.
  virtual int runProgram(std::span<const char* const> words, const char* output,
                         int& status) noexcept = 0;

 protected:
  constexpr Storage() noexcept = default;
  ~Storage() = default;
};

/// The Linux this process runs on. One stateless object for the whole process.
[[nodiscard]] DEVMAP_API Storage& systemStorage() noexcept;

}  // namespace devmap
