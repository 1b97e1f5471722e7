// A reply about a device other than the requested one is malformed, whatever was requested.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include <devmap/forwarding_kernel.hpp>

#include "lab.hpp"

using namespace contract;
using namespace devmap;

namespace {

// Offsets of struct dm_ioctl.
constexpr std::size_t numberAt = 40;
constexpr std::size_t nameAt = 48;
constexpr std::size_t uuidAt = 176;

// Changes the name, uuid or number in every reply about a device.
class ConfusingKernel final : public ForwardingKernel {
 public:
  explicit ConfusingKernel(Kernel& kernel) : ForwardingKernel(kernel) {}
  std::size_t at = 0;  ///< what is changed; 0: nothing

 private:
  int ioctl(int control, DmCommand command, std::span<std::byte> packet) noexcept override {
    const int error = kernel_.ioctl(control, command, packet);
    if (at == 0 || error != 0 || command == DmCommand::listDevices) return error;
    std::uint64_t word = 0;
    std::memcpy(&word, &packet[at], sizeof word);
    ++word;
    std::memcpy(&packet[at], &word, sizeof word);
    return error;
  }
};

Result<void> ask(DeviceMapper& mapper, TaskType type, const DeviceRef& device) {
  auto task = createTask(mapper, type,
                         device.by() == DeviceRef::By::name ? device.text() : std::string_view());
  if (!task) return task.error();
  Result<void> set;
  if (device.by() == DeviceRef::By::number) set = task->setDevice(device.number());
  if (device.by() == DeviceRef::By::uuid) set = task->setUuid(device.text());
  if (set && type == TaskType::DeviceTargetMsg) set = task->setMessage("@stats_list");
  if (set && type == TaskType::DeviceReload)
    set = task->addTarget(Sectors{0}, Sectors{8}, "zero", "");
  if (set && type == TaskType::DeviceSetGeometry) set = task->setGeometry({1, 1, 1, Sectors{0}});
  return set ? task->run() : set;
}

}  // namespace

TEST_CASE("task: a reply about another device is malformed, however the device was named") {
  Lab lab;
  const std::string name = lab.name();
  const DeviceInfo made = need(devmap::create(
      lab.mapper(), name, {{{Sectors{0}, Sectors{100}, "zero", ""}}}, {.uuid = "CONTRACT-other"}));
  lab.world.settle();
  {
    ConfusingKernel kernel(lab.kernel());
    DeviceMapper mapper = need(DeviceMapper::open(kernel));
    struct Naming {
      DeviceRef ref;
      std::size_t at;
    };
    for (const Naming& naming : {Naming{name, nameAt},
                                 {DeviceRef::uuid("CONTRACT-other"), uuidAt},
                                 {made.device, numberAt}}) {
      for (const TaskType type :
           {TaskType::DeviceInfo, TaskType::DeviceStatus, TaskType::DeviceTable,
            TaskType::DeviceDeps, TaskType::DeviceTargetMsg, TaskType::DeviceSetGeometry,
            TaskType::DeviceReload, TaskType::DeviceClear, TaskType::DeviceSuspend,
            TaskType::DeviceResume}) {
        CAPTURE(static_cast<int>(type));
        CAPTURE(naming.at);
        kernel.at = naming.at;
        const auto asked = ask(mapper, type, naming.ref);
        REQUIRE_FALSE(asked);
        CHECK(asked.error().code == Errc::malformedReply);
        CHECK(asked.error().errnum == 0);
        CHECK(asked.error().detail.find("about another device") != std::string::npos);
        kernel.at = 0;
        checkGood(ask(mapper, type, naming.ref));
      }
    }
  }
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("task: a new device whose reply has another name is malformed too") {
  Lab lab;
  const std::string name = lab.name();
  {
    ConfusingKernel kernel(lab.kernel());
    DeviceMapper mapper = need(DeviceMapper::open(kernel));
    kernel.at = nameAt;
    const auto created = ask(mapper, TaskType::DeviceCreate, name);
    REQUIRE_FALSE(created);
    CHECK(created.error().code == Errc::malformedReply);
  }
  lab.world.settle();
  lab.remove(name);
}
