// Where Volumes keeps its memory: a log of short text records. An interface, so that a program can
// keep them in a database of its own; the one that comes with devmap is an append-only file. It
// needs no database: one writer, a few bytes a change and a whole reading at start are all there is
// to it, and a static program stays small.
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

  /// All records in order. A record whose append was cut short by a crash is not there.
  [[nodiscard]] virtual Result<std::vector<std::string>> load() noexcept = 0;
  /// One more record. `durable`: it and all before it survive a loss of power when this returns.
  /// After an error it may be there or not after the next load, but never in part, and no record of
  /// a later append comes before it.
  virtual Result<void> append(std::string_view record, bool durable) noexcept = 0;
  /// These records and no others, in one step that survives a loss of power: before and after it,
  /// load gives all of the old or all of the new.
  virtual Result<void> replace(std::span<const std::string> records) noexcept = 0;

 protected:
  RecordLog() noexcept = default;
  ~RecordLog() = default;
};

/// A text file: a line a record, in front of each its CRC-32C (Castagnoli) in eight hex digits and
/// a blank. A last line that is torn or has a wrong sum is an append that was cut short, and is cut
/// off; a wrong sum further up is damage, and an error. replace writes PATH.new, syncs it, renames
/// it and syncs the directory. PATH.lock is locked while the object lives.
class DEVMAP_API FileRecordLog final : public RecordLog {
 public:
  /// Made where it is missing; its directory must exist. busy: another process, or object, has it.
  [[nodiscard]] static Result<FileRecordLog> open(std::string_view path,
                                                  Storage& storage = systemStorage()) noexcept;
  /// One that is there: nothing is made but a missing lock of a whole log. notFound: there is none,
  /// or it is empty. busy: as open.
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
  std::uint64_t size_ = 0;  ///< of the records that are whole
  bool torn_ = false;       ///< something behind them must be cut off first
};

}  // namespace devmap
