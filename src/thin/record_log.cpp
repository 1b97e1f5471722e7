#include <devmap/thin/record_log.hpp>

#include <array>
#include <cerrno>
#include <utility>

#include <thin/words.hpp>

namespace devmap {
namespace {

constexpr std::size_t sumDigits = 8;

// CRC-32C, reflected, four bits at a time.
std::uint32_t checksum(std::string_view text) noexcept {
  static constexpr std::array<std::uint32_t, 16> table = [] {
    std::array<std::uint32_t, 16> values{};
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 4; ++bit)
        value = (value >> 1) ^ ((value & 1) != 0 ? 0x82f63b78U : 0U);
      values[i] = value;
    }
    return values;
  }();
  std::uint32_t sum = ~std::uint32_t{0};
  for (const char c : text) {
    sum ^= static_cast<unsigned char>(c);
    sum = (sum >> 4) ^ table[sum & 15];
    sum = (sum >> 4) ^ table[sum & 15];
  }
  return ~sum;
}

std::string lineOf(std::string_view record) {
  std::string line(sumDigits, '0');
  std::uint32_t sum = checksum(record);
  for (std::size_t i = sumDigits; i-- > 0; sum >>= 4) line[i] = "0123456789abcdef"[sum & 15];
  line += ' ';
  line += record;
  line += '\n';
  return line;
}

/// The record in a line without its newline. False when the checksum is wrong.
bool recordOf(std::string_view line, std::string& record) {
  if (line.size() <= sumDigits) return false;
  record = line.substr(sumDigits + 1);
  const std::string again = lineOf(record);
  return std::string_view(again).substr(0, again.size() - 1) == line;
}

}  // namespace

FileRecordLog::FileRecordLog(Storage& storage, std::string path, int lock, int file) noexcept
    : storage_(&storage), path_(std::move(path)), lock_(lock), file_(file) {}

FileRecordLog::FileRecordLog(FileRecordLog&& other) noexcept
    : storage_(other.storage_),
      path_(std::move(other.path_)),
      lock_(std::exchange(other.lock_, -1)),
      file_(std::exchange(other.file_, -1)),
      size_(other.size_),
      torn_(other.torn_) {}

FileRecordLog::~FileRecordLog() {
  if (file_ >= 0) static_cast<void>(storage_->closeFile(file_));
  if (lock_ >= 0) static_cast<void>(storage_->closeFile(lock_));
}

Error FileRecordLog::failure(const char* operation, int errnum) const {
  return thin::storageError(operation, errnum, path_);
}

std::string FileRecordLog::directory() const {
  const std::size_t slash = path_.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path_.substr(0, slash);
}

Result<void> FileRecordLog::takeLock() noexcept {
  int error = storage_->openFile((path_ + ".lock").c_str(), true, lock_);
  if (error == 0) error = storage_->lockFile(lock_);
  if (error == 0) return {};
  Error failed = failure("open record log", error);
  if (error == EWOULDBLOCK) failed.detail += ": another process has it open";
  return failed;
}

Result<FileRecordLog> FileRecordLog::open(std::string_view path, Storage& storage) noexcept {
  FileRecordLog log(storage, std::string(path), -1, -1);
  if (auto locked = log.takeLock(); !locked) return std::move(locked).error();
  int error = storage.openFile(log.path_.c_str(), true, log.file_);
  if (error == 0) error = storage.syncDirectory(log.directory().c_str());
  if (error != 0) return log.failure("open record log", error);
  return log;
}

Result<FileRecordLog> FileRecordLog::openExisting(std::string_view path,
                                                  Storage& storage) noexcept {
  FileRecordLog log(storage, std::string(path), -1, -1);
  // Reads before it takes the lock: that may make a lock file, which must not appear beside a file
  // that is not a log.
  if (const int error = storage.openFile(log.path_.c_str(), false, log.file_); error != 0)
    return log.failure("open record log", error);
  auto records = log.load();
  if (!records) return std::move(records).error();
  if (records->empty()) {
    Error empty = log.failure("open record log", 0);
    empty.code = Errc::notFound;
    empty.detail += ": holds no records";
    return empty;
  }
  if (auto locked = log.takeLock(); !locked) return std::move(locked).error();
  // The previous holder of the lock may have replaced the file.
  static_cast<void>(storage.closeFile(std::exchange(log.file_, -1)));
  if (const int error = storage.openFile(log.path_.c_str(), false, log.file_); error != 0)
    return log.failure("open record log", error);
  return log;
}

Result<std::vector<std::string>> FileRecordLog::load() noexcept {
  std::string text;
  std::uint64_t size = 0;
  if (const int error = storage_->fileSize(file_, size); error != 0)
    return failure("read record log", error);
  if (size > text.max_size()) return failure("read record log", EFBIG);  // on 32-bit systems
  text.resize(static_cast<std::size_t>(size));
  for (std::size_t filled = 0, got = 0; filled < text.size(); filled += got) {
    const int error = storage_->readFile(file_, filled, std::span(text).subspan(filled), got);
    if (error != 0 || got == 0) return failure("read record log", error == 0 ? EIO : error);
  }
  std::vector<std::string> records;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string record;
    const bool whole = end != std::string_view::npos && recordOf(rest.substr(0, end), record);
    if (!whole && end != std::string_view::npos && end + 1 != rest.size()) {
      Error damage = failure("read record log", 0);
      damage.code = Errc::malformedReply;
      damage.detail +=
          thin::join({": line ", thin::decimal(records.size() + 1), " at byte ",
                      thin::decimal(text.size() - rest.size()),
                      " is damaged: its checksum does not match; restore the file from a copy"});
      return damage;
    }
    if (!whole) break;
    records.push_back(std::move(record));
    rest.remove_prefix(end + 1);
  }
  size_ = text.size() - rest.size();
  torn_ = !rest.empty();
  return records;
}

Result<void> FileRecordLog::append(std::string_view record, bool durable) noexcept {
  if (torn_) {
    if (const int error = storage_->setFileSize(file_, size_); error != 0)
      return failure("write record log", error);
    torn_ = false;
  }
  const std::string line = lineOf(record);
  int error = storage_->appendFile(file_, line);
  if (error == 0 && durable) error = storage_->syncFile(file_);
  if (error != 0) {
    torn_ = true;
    return failure("write record log", error);
  }
  size_ += line.size();
  return {};
}

Result<void> FileRecordLog::replace(std::span<const std::string> records) noexcept {
  const std::string fresh = path_ + ".new";
  std::string text;
  for (const std::string& record : records) text += lineOf(record);
  int file = -1;
  int error = storage_->openFile(fresh.c_str(), true, file);
  if (error != 0) return failure("compact record log", error);
  error = storage_->setFileSize(file, 0);
  if (error == 0) error = storage_->appendFile(file, text);
  if (error == 0) error = storage_->syncFile(file);
  if (error == 0) error = storage_->renameFile(fresh.c_str(), path_.c_str());
  if (error != 0) {
    static_cast<void>(storage_->closeFile(file));
    return failure("compact record log", error);
  }
  static_cast<void>(storage_->closeFile(file_));
  file_ = file;
  size_ = text.size();
  torn_ = false;
  if (error = storage_->syncDirectory(directory().c_str()); error != 0)
    return failure("compact record log", error);
  return {};
}

}  // namespace devmap
