// The operations of the bench through devmap: client_devmap OPERATION SIZE TIMES.
// The results are added up and printed, so that no work can be optimised away.

#include <devmap/devmap.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "client.hpp"

using namespace devmap;

namespace {

[[noreturn]] void fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message().c_str());
  std::exit(1);
}
void need(const Result<void>& result) {
  if (!result) fail(result.error());
}

Task task(DeviceMapper& mapper, TaskType type, std::string_view name) {
  auto made = Task::create(mapper, type, name);
  if (!made) fail(made.error());
  return *std::move(made);
}

std::uint64_t createRemove(DeviceMapper& mapper, bool wait) {
  Task create = task(mapper, TaskType::DeviceCreate, benchName);
  need(create.addTarget(Sectors{0}, Sectors{8}, "zero", ""));
  UdevCookie made;
  if (wait) need(create.setCookie(made));
  need(create.run());
  need(udevWait(made, std::chrono::seconds{30}));
  Task remove = task(mapper, TaskType::DeviceRemove, benchName);
  UdevCookie gone;
  if (wait) need(remove.setCookie(gone));
  need(remove.run());
  need(udevWait(gone, std::chrono::seconds{30}));
  return create.info().device.minor;
}

std::uint64_t rows(DeviceMapper& mapper, TaskType type) {
  Task read = task(mapper, type, benchName);
  need(read.noFlush());
  need(read.run());
  std::uint64_t sum = 0;
  for (const TableRow& row : read.rows())
    sum += row.start.count + row.length.count + row.params.size() + row.type.size();
  return sum;
}

std::uint64_t load(DeviceMapper& mapper, unsigned count) {
  Task load = task(mapper, TaskType::DeviceReload, benchName);
  for (unsigned i = 0; i < count; ++i) {
    char params[32];
    const std::size_t length = benchParams(params, i);
    need(load.addTarget(Sectors{i * 8ULL}, Sectors{8}, "linear", {params, length}));
  }
  need(load.run());
  return count;
}

std::uint64_t listAll(DeviceMapper& mapper) {
  Task list = task(mapper, TaskType::DeviceList, {});
  need(list.run());
  std::uint64_t sum = 0;
  for (const ListedDevice& device : list.names())
    sum += device.name.size() + device.uuid.size() + *device.eventNr;
  return sum;
}

std::uint64_t once(DeviceMapper& mapper, const char* operation, unsigned size) {
  if (std::strcmp(operation, "create-remove") == 0) return createRemove(mapper, false);
  if (std::strcmp(operation, "create-remove-cookie") == 0) return createRemove(mapper, true);
  if (std::strcmp(operation, "status") == 0) return rows(mapper, TaskType::DeviceStatus);
  if (std::strcmp(operation, "table") == 0) return rows(mapper, TaskType::DeviceTable);
  if (std::strcmp(operation, "load") == 0) return load(mapper, size);
  if (std::strncmp(operation, "list", 4) == 0) return listAll(mapper);
  Task other =
      task(mapper,
           std::strcmp(operation, "info") == 0 ? TaskType::DeviceInfo : TaskType::DeviceTargetMsg,
           benchName);
  if (std::strcmp(operation, "message") == 0) need(other.setMessage("@stats_list"));
  need(other.run());
  return other.info().device.minor;
}

}  // namespace

int main(int count, char** words) {
  const Arguments arguments(count, words);
  const bool cookie = std::strcmp(arguments.operation, "create-remove-cookie") == 0;
  auto mapper = DeviceMapper::open({.udevMode = cookie ? UdevMode::cookies : UdevMode::none});
  if (!mapper) fail(mapper.error());
  std::uint64_t sum = 0;
  arguments.repeat([&] { sum += once(*mapper, arguments.operation, arguments.size); });
  arguments.report(sum);
}
