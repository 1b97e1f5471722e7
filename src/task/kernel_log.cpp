#include <task/kernel_log.hpp>

#include <cerrno>
#include <string_view>

#include <base/text.hpp>

namespace devmap::detail {
namespace {

constexpr std::string_view prefix = "device-mapper: ";
constexpr int maxRecords = 512;  // per failure: a flooded log must not delay the caller

// Text of a /dev/kmsg record: between the first ';' and the end of its first line.
std::string_view textOf(std::string_view record) noexcept {
  const std::size_t begin = record.find(';');
  if (begin == std::string_view::npos) return {};
  record.remove_prefix(begin + 1);
  return record.substr(0, record.find('\n'));
}

// The MAJOR:MINOR that dm-table.c and DMERR prepend: `device-mapper: table: 253:0: ...`.
std::optional<DeviceNumber> deviceIn(std::string_view text) noexcept {
  text.remove_prefix(prefix.size());
  const std::size_t begin = text.find(": ");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + 2);
  const auto number = base::takeDevice(text);
  return text.starts_with(':') ? number : std::nullopt;
}

// A record starts with its facility and level, `3,`. Levels above 4 (warning) are not complaints.
bool isComplaint(std::string_view record) noexcept {
  std::uint64_t priority = 0;
  base::takeNumber(record, priority);
  constexpr unsigned levelMask = 7, warning = 4;
  return (priority & levelMask) <= warning;
}

bool isGeneral(std::string_view text) noexcept {
  return text.find("error adding target to table") != std::string_view::npos ||
         text.find("-ioctl (") != std::string_view::npos;
}

}  // namespace

KernelLog::~KernelLog() {
  for (auto& slot : idle_)
    if (const int fd = slot.exchange(-1); fd >= 0) static_cast<void>(kernel_.close(fd));
}

int KernelLog::borrow() noexcept {
  if (!enabled_) return -1;
  for (auto& slot : idle_)
    if (const int fd = slot.exchange(-1); fd >= 0) return fd;
  int fd = -1;
  return kernel_.openLog(fd) == 0 ? fd : -1;
}

void KernelLog::giveBack(int fd) noexcept {
  for (auto& slot : idle_) {
    int empty = -1;
    if (slot.compare_exchange_strong(empty, fd)) return;
  }
  static_cast<void>(kernel_.close(fd));
}

KernelLog::Session::Session(KernelLog& log) noexcept : log_(log), fd_(log.borrow()) {
  if (fd_ >= 0 && log_.kernel_.seekLogEnd(fd_) != 0) {
    static_cast<void>(log_.kernel_.close(fd_));
    fd_ = -1;
  }
}

KernelLog::Session::~Session() {
  if (fd_ >= 0) log_.giveBack(fd_);
}

std::string KernelLog::Session::sentence(std::optional<DeviceNumber> device) noexcept {
  std::string general, first;
  if (fd_ < 0) return general;
  std::array<char, 2048> buffer{};  // longest record: printk's LOG_LINE_MAX is 1024, plus escapes
  for (int i = 0; i < maxRecords; ++i) {
    std::size_t size = 0;
    const int error = log_.kernel_.readLog(fd_, buffer, size);
    if (error == EPIPE) continue;
    if (error != 0) break;
    const std::string_view record{buffer.data(), size};
    std::string_view text = textOf(record);
    const std::size_t begin = text.find(prefix);  // some modules prepend their own name
    if (begin == std::string_view::npos) continue;
    text.remove_prefix(begin);
    const auto named = deviceIn(text);
    if (named && device && *named != *device) continue;
    if (isGeneral(text) || !isComplaint(record)) {
      if (general.empty()) general = text;
    } else if (first.empty()) {
      first = text;
      if (named) break;
    } else if (named) {
      (first += "; ") += text.substr(prefix.size());
      break;
    }
  }
  return first.empty() ? general : first;
}

}  // namespace devmap::detail
