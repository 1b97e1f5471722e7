// Where Volumes keeps its state: a log of short text records. It is an interface, so that a program
// can keep the records in its own database. The implementation in devmap is an append-only file.
// That is enough for one writer, a few bytes per change and one full read at start, and keeps a
// static program small.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/error.hpp>
#include <devmap/thin/storage.hpp>

namespace devmap {

/// Contract: records are text without newlines and NULs. One process at a time uses a log. Volumes
/// calls it from one thread at a time.
class RecordLog {
 public:
  RecordLog(const RecordLog&) = delete;
  RecordLog& operator=(const RecordLog&) = delete;

  /// All records in order. A record whose append was cut short by a crash is not included.
  [[nodiscard]] virtual Result<std::vector<std::string>> load() noexcept = 0;
  /// Appends a record. `durable`: it and all records before it survive a power loss once this
  /// returns. After an error it may or may not be there at the next load, but never in part. No
  /// record of a later append comes before it.
  virtual Result<void> append(std::string_view record, bool durable) noexcept = 0;
  /// Replaces all records in one step that survives a power loss: load returns either all of the
  /// old records or all of the new ones.
  virtual Result<void> replace(std::span<const std::string> records) noexcept = 0;

 protected:
  RecordLog() noexcept = default;
  ~RecordLog() = default;
};

/// A text file with one record per line. Each is preceded by its CRC-32C (Castagnoli) in eight hex
/// digits and a blank. A last line that is torn or has a wrong sum is an incomplete append, and is
/// cut off. A wrong sum further up is damage, and an error. replace writes PATH.new, syncs it,
/// renames it and syncs the directory. PATH.lock is locked while the object lives.
class DEVMAP_API FileRecordLog final : public RecordLog {
 public:
  /// Created if missing; its directory must exist. busy: another process or object has it.
  [[nodiscard]] static Result<FileRecordLog> open(std::string_view path,
                                                  Storage& storage = systemStorage()) noexcept;
  /// Opens an existing log: creates nothing but a missing lock file of an intact log. notFound:
  /// there is none, or it is empty. busy: as open.
  [[nodiscard]] static Result<FileRecordLog> openExisting(
      std::string_view path, Storage& storage = systemStorage()) noexcept;
  FileRecordLog(FileRecordLog&& other) noexcept;
  FileRecordLog& operator=(FileRecordLog&&) = delete;
  ~FileRecordLog();

  [[nodiscard]] Result<std::vector<std::string>> load() noexcept override;
  Result<void> append(std::string_view record, bool durable) noexcept override;
  Result<void> replace(std::span<const std::string> records) noexcept override;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  FileRecordLog(Storage& storage, std::string path, int lock, int file) noexcept;
  Result<void> takeLock() noexcept;
  [[nodiscard]] Error failure(const char* operation, int errnum) const;
  [[nodiscard]] std::string directory() const;

  Storage* storage_;
  std::string path_;
  int lock_;
  int file_;
  std::uint64_t size_ = 0;  ///< of the complete records
  bool torn_ = false;       ///< something after them must be cut off first
};

}  // namespace devmap
