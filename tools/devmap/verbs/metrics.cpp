// metrics: all devices as text for Prometheus, on standard output or in a file that is replaced.
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <sys/stat.h>
#include <unistd.h>

#include <devmap/targets.hpp>

#include "cli/session.hpp"
#include "show/metrics.hpp"

namespace tool {
namespace {

Result<Task> look(Session& session, TaskType type, const Address& address) {
  auto task = session.task(type, address);
  if (!task) return task;
  if (type == TaskType::DeviceStatus) static_cast<void>(task->noFlush());
  if (type == TaskType::DeviceTable) task->secureData();
  if (auto done = task->run(); !done) return std::move(done).error();
  return task;
}

/// The size of a pool's blocks is only in its parameters: `<metadata> <data> <block size> ...`.
Sectors poolBlockOf(const Task& table) {
  const auto rows = table.rows();
  if (rows.size() != 1 || rows[0].type != "thin-pool") return {};
  const auto parsed = targets::ThinPool::parseTable(rows[0].params);
  return parsed ? parsed->blockSize : Sectors{};
}

/// Rows of a device whose status must not be read: an era target answers only after the resume, and
/// blocks the caller.
bool answersAfterResumeOnly(const Task& table) {
  for (const TableRow& row : table.rows())
    if (row.type == "era") return true;
  return false;
}

void keepRows(DeviceReading& reading, const Task& task, bool status) {
  reading.statusRead = status;
  for (const TableRow& row : task.rows())
    reading.rows.push_back({row.start, row.length, std::string(row.type),
                            status ? std::string(row.params) : std::string()});
}

/// Takes three ioctls at most. Returns false if the device does not exist or could not be read.
bool read(Session& session, const Address& address, DeviceReading& reading) {
  const auto info = look(session, TaskType::DeviceInfo, address);
  if (!info || !info->info().exists) return false;
  reading.info = info->info();
  reading.name = reading.info.name;
  std::optional<Task> table;
  const auto readTable = [&] {
    auto task = look(session, TaskType::DeviceTable, address);
    if (!task || task->info().device != reading.info.device) return false;
    table.emplace(*std::move(task));
    return true;
  };
  if (reading.info.suspended) {
    if (!readTable()) return false;
    if (answersAfterResumeOnly(*table)) return keepRows(reading, *table, false), true;
  }
  const auto status = look(session, TaskType::DeviceStatus, address);
  if (!status || !status->info().exists || status->info().device != reading.info.device)
    return false;
  keepRows(reading, *status, true);
  const bool pool = reading.rows.size() == 1 && reading.rows[0].type == "thin-pool";
  if (!pool) return true;
  if (!table && !readTable()) return false;
  reading.poolBlock = poolBlockOf(*table);
  return true;
}

std::string nameOf(const Address& address) {
  if (!address.name.empty()) return address.name;
  return address.number ? toString(*address.number) : address.uuid;
}

/// A new file next to the wanted one, which it replaces once it is complete. Otherwise it is
/// removed.
class Replacement {
 public:
  explicit Replacement(std::string_view path)
      : path_(path), temporary_(join(path, ".XXXXXX")), fd_(mkstemp(temporary_.data())) {
    if (fd_ < 0) error_ = errno;
  }
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;
  ~Replacement() {
    if (fd_ < 0) return;
    close(fd_);
    if (!placed_) unlink(temporary_.c_str());
  }

  /// Returns 0 or an errno.
  [[nodiscard]] int place(std::string_view text) noexcept {
    while (error_ == 0 && !text.empty()) {
      const ssize_t written = write(fd_, text.data(), text.size());
      if (written >= 0)
        text.remove_prefix(static_cast<std::size_t>(written));
      else if (errno != EINTR)
        error_ = errno;
    }
    if (error_ == 0 && (fchmod(fd_, 0644) != 0 || fsync(fd_) != 0 ||
                        ::rename(temporary_.c_str(), path_.c_str()) != 0))
      error_ = errno;
    placed_ = error_ == 0;
    return error_;
  }

 private:
  std::string path_;
  std::string temporary_;
  int fd_;
  int error_ = 0;
  bool placed_ = false;
};

}  // namespace

bool runMetrics(Session& session) {
  const Call& call = session.call();
  auto addresses = session.devices(call.operands);
  if (!addresses || !session.open()) return false;
  if (addresses->empty()) {
    auto names = session.allNames();
    if (!names) return session.fail(names.error());
    for (std::string& name : *names) addresses->push_back({std::move(name), {}, {}});
  }
  std::vector<DeviceReading> readings;
  for (const Address& address : *addresses) {
    DeviceReading& reading = readings.emplace_back();
    reading.up = read(session, address, reading);
    if (reading.name.empty()) reading.name = nameOf(address);
  }
  const std::string text = metricsText(readings);
  const auto& path = call.value(Option::output);
  if (!path) return put(text), true;
  if (const int error = Replacement(*path).place(text))
    return fail("'", *path, "': ", errnoName(error));
  return true;
}

}  // namespace tool
