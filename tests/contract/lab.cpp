#include "lab.hpp"

#include <cerrno>

namespace contract {

using namespace devmap;
using namespace std::chrono_literals;

Lab::Lab(Options options) {
  nothing_.emplace(world);
  mapper_.emplace(need(DeviceMapper::open(world.kernel(), std::move(options))));
}

Lab::~Lab() {
  mapper_.reset();
  nothing_.reset();
}

std::optional<DeviceNumber> Lab::number(std::string_view name) const {
  int error = 0;
  Packet packet = status(world, name, &error);
  if (error != 0) return std::nullopt;
  return packet.device();
}

Task Lab::task(TaskType type, std::string_view name) {
  return need(Task::create(*mapper_, type, name));
}

void Lab::finish(Task& task, UdevFlags flags) {
  UdevCookie cookie;
  checkGood(task.setCookie(cookie, flags));
  checkGood(task.run());
  checkGood(udevWait(cookie, 30s));
}

void Lab::make(std::string_view name, std::uint64_t length, std::string_view type,
               std::string_view params) {
  Task create = task(TaskType::DeviceCreate, name);
  checkGood(create.addTarget(Sectors{0}, Sectors{length}, type, params));
  finish(create);
  world.settle();
}

void Lab::remove(std::string_view name) {
  Task remove = task(TaskType::DeviceRemove, name);
  checkGood(remove.retryRemove(5s));
  finish(remove);
}

BlockDevice Lab::block(const Disk& disk) const {
  return need(BlockDevice::open(disk.path, kernel()));
}

void Lab::makePool(std::string_view name) {
  const Disk data = world.disk();
  const Disk meta = world.disk(4 << 20);
  checkGood(createPool(*mapper_, name, block(data), block(meta), Sectors{128}));
}

void Lab::checkNode(std::string_view name) const {
  const std::string path = "/dev/mapper/" + std::string(name);
  CAPTURE(path);
  NodeInfo info;
  CHECK(kernel().nodeInfo(path.c_str(), true, info) == 0);
  CHECK(info.type == NodeType::blockDevice);
  CHECK(number(name) == info.device);
}

void Lab::checkNoNode(std::string_view name) const {
  const std::string path = "/dev/mapper/" + std::string(name);
  CAPTURE(path);
  NodeInfo info;
  CHECK(kernel().nodeInfo(path.c_str(), false, info) == ENOENT);
}

void checkError(const Error& error, const Expected& expected) {
  const std::string message = error.message();
  CAPTURE(message);
  CHECK(error.code == expected.code);
  if (expected.errnum != anyErrno) CHECK(error.errnum == expected.errnum);
  CHECK_FALSE(error.operation.empty());
  CHECK(message.starts_with(error.operation));
  if (!expected.device.empty()) {
    CHECK(error.device == expected.device);
    CHECK(message.find(expected.device) != std::string::npos);
  }
  CHECK(error.row.has_value() == expected.row.has_value());
  if (error.row && expected.row) CHECK(*error.row == *expected.row);
  CHECK(error.detail.find(expected.detail) != std::string::npos);
  if (error.errnum != 0) CHECK(message.find(errnoName(error.errnum)) != std::string::npos);
  CHECK(error.kernelMessage.find(expected.kernel) != std::string::npos);
  if (!expected.kernel.empty()) CHECK(message.find(expected.kernel) != std::string::npos);
  CHECK(message.find('\n') == std::string::npos);
}

std::vector<Row> oneRow(std::uint64_t length, std::string type, std::string params) {
  return {{Sectors{0}, Sectors{length}, std::move(type), std::move(params)}};
}
std::vector<Row> zeroRow(std::uint64_t length) { return oneRow(length, "zero"); }
std::vector<Row> linearRow(DeviceNumber below, std::uint64_t length) {
  return oneRow(length, "linear", toString(below) + " 0");
}

std::string liveText(Lab& lab, const std::string& name) {
  const DeviceRows rows = need(table(lab.mapper(), name));
  std::string text;
  for (const Row& row : rows.rows) text += row.type + ' ' + row.params + ';';
  return text;
}

}  // namespace contract
