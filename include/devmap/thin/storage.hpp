// The second seam: what thin pools and layers ask of Linux besides the device-mapper: files, loop
// devices, mounts and programs. It is separate from kernel.hpp, so that a program without them pays
// nothing.
//
// Contract, for every call unless its comment says more: as in kernel.hpp. Returns 0 or a positive
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

/// The settings of a loop device for LOOP_CONFIGURE.
struct LoopSettings {
  bool directIo =
      true;  ///< bypasses the page cache of the file; refused (EINVAL) where its file system cannot
  bool autoclear = true;  ///< detached on last close
  bool readOnly = false;
  std::uint32_t blockSize = 0;  ///< bytes: 512 to the page size; 0: the kernel's choice
};

/// Identifies the backing file of a loop device.
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

  /// Opens for reading and writing; created with mode 0600 if requested.
  virtual int openFile(const char* path, bool create, int& fd) noexcept = 0;
  /// Locks a file for this descriptor alone. EWOULDBLOCK: another descriptor has the lock.
  virtual int lockFile(int fd) noexcept = 0;
  virtual int fileSize(int fd, std::uint64_t& bytes) noexcept = 0;
  virtual int fileIdentity(int fd, FileIdentity& identity) noexcept = 0;
  /// Reads as much as there is from `offset`, at most text.size().
  virtual int readFile(int fd, std::uint64_t offset, std::span<char> text,
                       std::size_t& size) noexcept = 0;
  /// Appends at the end. After an error a part may be there.
  virtual int appendFile(int fd, std::string_view text) noexcept = 0;
  /// Truncates a file, or extends it with a hole.
  virtual int setFileSize(int fd, std::uint64_t bytes) noexcept = 0;
  /// Returns once the content would survive a power loss.
  virtual int syncFile(int fd) noexcept = 0;
  virtual int closeFile(int fd) noexcept = 0;
  /// Returns once the names in a directory would survive a power loss.
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

  /// Number of a loop device that is free now; another process may take it first.
  virtual int freeLoop(int& number) noexcept = 0;
  /// Attaches `file` to the loop device at `path`, which stays open in `fd`. EBUSY: it has been
  /// taken. ENOENT, ENXIO: not there yet.
  virtual int configureLoop(const char* path, int file, const LoopSettings& settings,
                            int& fd) noexcept = 0;
  /// ENXIO: no file is attached.
  virtual int loopBacking(const char* path, FileIdentity& identity) noexcept = 0;
  /// Makes the loop device take the current size of its file.
  virtual int resizeLoop(const char* path) noexcept = 0;
  virtual int detachLoop(const char* path) noexcept = 0;

  // --- mounts and programs ---

  virtual int mount(const char* source, const char* target, const char* type,
                    bool readOnly) noexcept = 0;
  /// EINVAL: nothing is mounted there. EBUSY: in use.
  virtual int unmount(const char* target) noexcept = 0;
  /// Runs a program found in PATH and waits for it. Its output goes to the file `output` (truncated
  /// first), or to that of this process when it is null. ENOENT: there is no such program.
  /// `status`: its exit status, or 128 + signal if a signal ended it.
  virtual int runProgram(std::span<const char* const> words, const char* output,
                         int& status) noexcept = 0;

 protected:
  constexpr Storage() noexcept = default;
  ~Storage() = default;
};

/// The Linux this process runs on. One stateless object for the whole process.
[[nodiscard]] DEVMAP_API Storage& systemStorage() noexcept;

}  // namespace devmap
